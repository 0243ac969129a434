{{ config(materialized=incremental_where_possible(), judged_by='period_end') }}
-- Every past forecast whose horizon has ended, against what came: for each score of a predictor how many customers had
-- it, how many of them bought, and how far off the forecast was. A forecast of a date knows nothing later; its trial
-- belongs to the day on which the horizon ended. In a daily run those that ended after the last frozen date.
with periods as (
    {{ ended_horizons(var('forecast')) }}
),

later as (
    select
        periods.as_of_date,
        orders.customer_id,
        count(distinct orders.order_date) as purchase_days
    from periods
    inner join {{ ref('fct_orders') }} as orders
        on orders.order_date > periods.as_of_date and orders.order_date <= periods.period_end
    where orders.is_valid
    group by periods.as_of_date, orders.customer_id
),

told as (
    select
        forecasts.*,
        periods.period_end,
        coalesce(later.purchase_days, 0) as later_days
    from {{ ref('order_forecasts') }} as forecasts
    inner join periods on forecasts.as_of_date = periods.as_of_date
    left join later on forecasts.as_of_date = later.as_of_date and forecasts.customer_id = later.customer_id
),

predicted as (
    {% for predictor in predictors() %}
    select
        as_of_date,
        period_end,
        '{{ predictor.name }}' as predictor,
        cast({{ predictor.score }} as double) as score,
        {{ predictor.orders }} as orders,
        {{ predictor.chance }} as chance,
        later_days
    from told
    where {{ predictor.score }} is not null
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

{# a sum of doubles would depend on the order of the rows #}
{% set sums = {'predicted_orders': 'orders', 'absolute_error': 'abs(orders - later_days)',
    'squared_error': '(orders - later_days) * (orders - later_days)', 'squared_orders': 'orders * orders',
    'orders_product': 'orders * later_days', 'predicted_active': 'chance',
    'squared_chance_error': '(chance - sign(later_days)) * (chance - sign(later_days))'} %}
scores as (
    select
        as_of_date,
        period_end,
        predictor,
        score,
        count(*) as customers,
        count(*) filter (where later_days > 0) as active_customers,
        cast(sum(later_days) as bigint) as actual_orders,
        cast(sum(later_days * later_days) as bigint) as squared_actual_orders,
        {% for name, term in sums.items() %}
        cast(sum(cast({{ term }} as decimal(24, 8))) as decimal(28, 8)) as {{ name }}{{ ',' if not loop.last }}
        {% endfor %}
    from predicted
    group by as_of_date, period_end, predictor, score
)

select
    *,
    coalesce(
        sum(customers - active_customers) over (
            partition by as_of_date, predictor order by score rows between unbounded preceding and 1 preceding
        ), 0
    ) as silent_below,
    -- tenths of the customers, the likeliest first; equal scores stay together
    cast(floor(10.0 * (
        sum(customers) over (partition by as_of_date, predictor order by score desc) - customers
    ) / sum(customers) over (partition by as_of_date, predictor)) as integer) + 1 as tenth
from scores
