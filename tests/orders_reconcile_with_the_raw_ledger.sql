-- to the cent: what the raw files of this run say = what of it was judged, and what was ever accepted = what is in fct_orders
with raw_ledger as (
    select coalesce(sum({{ read_as('amount', 'decimal(18, 2)') }}), 0) as amount
    from {{ source('raw', 'orders') }}
),

deliveries as (
    select distinct delivery from {{ source('raw', 'orders') }}
),

judged as (
    select
        coalesce(sum(case when orders.delivery is null or deliveries.delivery is not null then orders.amount end), 0) as of_this_run,
        coalesce(sum(case when orders.rejected_because is null then orders.amount end), 0) as accepted
    from {{ ref('checked_orders') }} as orders
    left join deliveries on orders.delivery = deliveries.delivery
),

facts as (
    select coalesce(sum(amount), 0) as amount from {{ ref('fct_orders') }}
)

select
    raw_ledger.amount as raw_amount,
    judged.of_this_run as judged_amount,
    judged.accepted as accepted_amount,
    facts.amount as fact_amount
from raw_ledger
cross join judged
cross join facts
where raw_ledger.amount <> judged.of_this_run or judged.accepted <> facts.amount
