{{ config(materialized=incremental_where_possible(), dates_in='reported_dates') }}
-- the stage of each customer, the one before it, and the as-of date on which it began; a daily run goes on from the
-- last frozen date
{% set frozen = last_frozen_date() %}
with stages as (
    select
        customer_id,
        as_of_date,
        cast(lifecycle as string) as lifecycle_stage,
        recency_days as days_since_last_order,
        frequency as orders_to_date,
        cast(null as string) as stage_before,
        cast(null as date) as began_on
    from {{ ref('customer_classes') }}
    where {{ is_judged_now() }} and {{ of_these_customers('customer_id') }}
    {% if frozen %}
    union all
    select
        customer_id,
        as_of_date,
        lifecycle_stage,
        days_since_last_order,
        orders_to_date,
        previous_stage as stage_before,
        stage_since as began_on
    from {{ this }}
    where as_of_date = {{ frozen }} and {{ of_these_customers('customer_id') }}
    {% endif %}
),

compared as (
    select
        *,
        lag(lifecycle_stage) over (partition by customer_id order by as_of_date) as stage_last_time
    from stages
),

starts as (
    select
        *,
        case
            when began_on is not null then began_on
            when stage_last_time is null or stage_last_time <> lifecycle_stage then as_of_date
        end as started_on,
        coalesce(stage_before, stage_last_time) as came_from
    from compared
),

spells as (
    select
        *,
        max(started_on) over (
            partition by customer_id order by as_of_date rows between unbounded preceding and current row
        ) as stage_since
    from starts
),

told as (
    select
        *,
        max(case when started_on is not null then came_from end) over (partition by customer_id, stage_since) as previous_stage
    from spells
)

select
    customer_id,
    as_of_date,
    lifecycle_stage,
    previous_stage,
    stage_since,
    days_since_last_order,
    orders_to_date
from told
where {{ is_judged_now() }}
