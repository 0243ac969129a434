-- to the cent: what the raw files of this run say = what of it is in fct_orders + what was turned away with a readable amount
with raw_ledger as (
    select coalesce(sum({{ read_as('amount', 'decimal(18, 2)') }}), 0) as amount
    from {{ source('raw', 'orders') }}
),

delivered as (
    select *
    from {{ ref('checked_orders') }}
    where delivery is null or delivery in (select raw_orders.delivery from {{ source('raw', 'orders') }} as raw_orders)
),

rejected as (
    select coalesce(sum(amount), 0) as amount
    from delivered
    where rejected_because is not null
),

facts as (
    select coalesce(sum(facts.amount), 0) as amount
    from {{ ref('fct_orders') }} as facts
    inner join delivered on facts.order_id = delivered.order_id and delivered.rejected_because is null
)

select
    raw_ledger.amount as raw_amount,
    facts.amount as fact_amount,
    rejected.amount as rejected_amount
from raw_ledger
cross join facts
cross join rejected
where raw_ledger.amount <> facts.amount + rejected.amount
