{{ config(materialized=incremental_where_possible(), judged_by='period_end') }}
-- depends_on: {{ ref('as_of_dates') }}
-- how well each predictor told the horizon that followed a past date, and which of them told best who would buy
with sums as (
    select
        as_of_date,
        period_end,
        predictor,
        cast(sum(customers) as double) as customers,
        cast(sum(active_customers) as double) as active,
        cast(sum(actual_orders) as double) as actual,
        cast(sum(squared_actual_orders) as double) as squared_actual,
        cast(sum(active_customers) filter (where tenth = 1) as double)
        / cast(sum(customers) filter (where tenth = 1) as double) as top_share,
        -- a pair of one who bought and one who did not: in the right order, or equal
        cast(sum(active_customers * (2 * silent_below + customers - active_customers)) as double) / 2 as pairs_in_order,
        {% for name in ['predicted_orders', 'absolute_error', 'squared_error', 'squared_orders', 'orders_product',
            'squared_chance_error'] %}
        cast(sum({{ name }}) as double) as {{ name }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('forecast_trials') }}
    where {{ is_judged_now('period_end') }}
    group by as_of_date, period_end, predictor
),

figures as (
    select
        as_of_date,
        period_end,
        predictor,
        cast(customers as bigint) as customers,
        cast(active as bigint) as active_customers,
        cast(actual as bigint) as actual_orders,
        {{ rounded('predicted_orders', 2) }} as predicted_orders,
        {{ rounded('predicted_orders / nullif(actual, 0)', 4) }} as total_ratio,
        {{ rounded('absolute_error / customers', 4) }} as mae,
        {{ rounded('sqrt(squared_error / customers)', 4) }} as rmse,
        {{ rounded('(predicted_orders - actual) / customers', 4) }} as bias,
        {{ rounded('(customers * orders_product - predicted_orders * actual) / nullif(
            sqrt(greatest(customers * squared_orders - predicted_orders * predicted_orders, 0))
            * sqrt(greatest(customers * squared_actual - actual * actual, 0)), 0)', 4) }} as correlation,
        {{ rounded('pairs_in_order / nullif(active * (customers - active), 0)', 4) }} as auc,
        {{ rounded('squared_chance_error / customers', 4) }} as brier,
        {{ rounded('top_share / nullif(active / customers, 0)', 4) }} as top_decile_lift
    from sums
),

limits as (
    select
        {% for bound in ['stop_below', 'warn_below', 'warn_above', 'stop_above'] %}
        max(case when check_name = 'total_ratio' then {{ bound }} end) as ratio_{{ bound }},
        max(case when check_name = 'auc' then {{ bound }} end) as auc_{{ bound }},
        {% endfor %}
        max(case when check_name = 'customers' then stop_below end) as customers_needed
    from {{ ref('forecast_limits') }}
),

limited as (
    select
        figures.*,
        limits.*
    from figures
    cross join limits
),

graded as (
    select
        *,
        case
            when customers < customers_needed or auc is null then 'too_few'
            when total_ratio < ratio_stop_below or total_ratio >= ratio_stop_above or auc < auc_stop_below then 'stop'
            when total_ratio < ratio_warn_below or total_ratio >= ratio_warn_above or auc < auc_warn_below then 'warn'
            else 'passed'
        end as status
    from limited
)

select
    as_of_date,
    period_end,
    predictor,
    customers,
    active_customers,
    actual_orders,
    predicted_orders,
    total_ratio,
    mae,
    rmse,
    bias,
    correlation,
    auc,
    brier,
    top_decile_lift,
    status,
    status <> 'too_few' and row_number() over (
        partition by as_of_date, status <> 'too_few' order by auc desc, predictor asc
    ) = 1 as is_preferred
from graded
