{{ config(materialized='view') }}
-- The numbers and the warning of customer_forecast. The published file has it as a table, and that one as a view onto it.
select
    classes.customer_id,
    classes.as_of_date,
    {% for name in ['recency_days', 'expected_orders', 'expected_value', 'p_alive', 'p_active', 'naive_orders', 'usual_gap_days',
        'expected_next_order_date', 'churn_risk', 'churn_odds', 'preferred_predictor'] %}
    forecasts.{{ name }},
    {% endfor %}
    classes.churn_warning,
    cast({{ rounded('cast(forecasts.expected_value as double) * forecasts.churn_risk', 2) }} as decimal(18, 2)) as value_at_stake
from {{ ref('customer_classes') }} as classes
left join {{ ref('forecast_measures') }} as forecasts
    on classes.customer_id = forecasts.customer_id and classes.as_of_date = forecasts.as_of_date
