-- the stage of each customer, the one before it, and the as-of date on which it began
with stages as (
    select
        customer_id,
        as_of_date,
        lifecycle as lifecycle_stage,
        recency_days as days_since_last_order,
        frequency as orders_to_date,
        lag(lifecycle) over (partition by customer_id order by as_of_date) as stage_last_time
    from {{ ref('customer_classes') }}
),

starts as (
    select
        *,
        case when stage_last_time is null or stage_last_time <> lifecycle_stage then as_of_date end as started_on
    from stages
),

spells as (
    select
        *,
        max(started_on) over (
            partition by customer_id order by as_of_date rows between unbounded preceding and current row
        ) as stage_since
    from starts
)

select
    customer_id,
    as_of_date,
    lifecycle_stage,
    max(case when started_on is not null then stage_last_time end) over (
        partition by customer_id, stage_since
    ) as previous_stage,
    stage_since,
    days_since_last_order,
    orders_to_date
from spells
