{{ config(materialized=incremental_where_possible(), judged_by='period_end') }}
-- depends_on: {{ ref('as_of_dates') }}
-- of ten groups of customers by score: what was forecast, and what came
with tenths as (
    select
        as_of_date,
        period_end,
        predictor,
        tenth,
        min(score) as score_from,
        max(score) as score_to,
        cast(sum(customers) as bigint) as customers,
        cast(sum(active_customers) as bigint) as active_customers,
        cast(sum(active_customers) as double) / cast(sum(customers) as double) as active_share,
        cast(sum(predicted_active) as double) / cast(sum(customers) as double) as predicted_active_share,
        cast(sum(actual_orders) as double) / cast(sum(customers) as double) as orders_per_customer,
        cast(sum(predicted_orders) as double) / cast(sum(customers) as double) as predicted_orders_per_customer
    from {{ ref('forecast_trials') }}
    where {{ is_judged_now('period_end') }}
    group by as_of_date, period_end, predictor, tenth
)

select
    *,
    -- silent ones to each active one, here and among all; half a customer is added to each count
    (customers - active_customers + 0.5e0) / (active_customers + 0.5e0)
    / ((sum(customers - active_customers) over every_tenth + 0.5e0) / (sum(active_customers) over every_tenth + 0.5e0)) as churn_odds
from tenths
window every_tenth as (partition by as_of_date, predictor)
