-- to the cent: what the raw file says = what is in fct_orders + what was turned away with a readable amount
with raw_ledger as (
    select coalesce(sum({{ read_as('amount', 'decimal(18, 2)') }}), 0) as amount
    from {{ source('raw', 'orders') }}
),

rejected as (
    select coalesce(sum(amount), 0) as amount
    from {{ ref('checked_orders') }}
    where rejected_because is not null
),

facts as (
    select coalesce(sum(amount), 0) as amount
    from {{ ref('fct_orders') }}
)

select
    raw_ledger.amount as raw_amount,
    facts.amount as fact_amount,
    rejected.amount as rejected_amount
from raw_ledger
cross join facts
cross join rejected
where raw_ledger.amount <> facts.amount + rejected.amount
