-- How often a customer dealt with us by each as-of date, and when last.
with events as (
    select
        customer_id,
        cast(occurred_at as date) as event_date,
        count(*) as recent_interactions
    from {{ ref('stg_interactions') }}
    where {{ may_count_now('cast(occurred_at as date)') }}
    group by 1, 2
),

{{ sums_as_of('events', recent=['recent_interactions']) }}

select
    *,
    last_event_date as last_interaction_date
from as_of
