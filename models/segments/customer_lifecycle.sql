{{ config(materialized='view') }}
-- the stages as far as the history goes: what was before its first date is not told
with history as (
    select min(as_of_date) as first_date
    from {{ ref('as_of_dates') }}
    where is_reported
)

select
    stages.customer_id,
    stages.as_of_date,
    stages.lifecycle_stage,
    case when stages.stage_since > history.first_date then stages.previous_stage end as previous_stage,
    greatest(stages.stage_since, history.first_date) as stage_since,
    stages.days_since_last_order,
    stages.orders_to_date
from {{ ref('lifecycle_stages') }} as stages
cross join history
