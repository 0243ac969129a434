{{ config(materialized=incremental_where_possible(), dates_in='reported_dates') }}
-- What all customers together will probably do, within what bounds in 95 of 100 cases if the model holds: chance of the
-- customers and standard error of the parameters. Beside it how far the model was off in its last holdout.
{% set model = var('forecast_model') %}
with sums as (
    select
        as_of_date,
        count(*) as customers,
        cast(sum(cast(expected_orders as decimal(24, 6))) as double) as orders,
        cast(sum(cast(orders_variance as decimal(28, 6))) as double) as orders_variance,
        cast(sum(expected_value) as decimal(18, 2)) as expected_value,
        cast(sum(cast(day_value * day_value * (orders_variance + expected_orders * value_dispersion) as decimal(28, 6))) as double)
            as value_variance
    from {{ ref('forecast_measures') }}
    where {{ is_judged_now() }}
    group by as_of_date
),

errors as (
    select
        as_of_date,
        max(total_error) as total_error
    from {{ ref('forecast_parameters') }}
    where model = '{{ model }}'
    group by as_of_date
),

bounds as (
    select
        sums.*,
        1.96 * sqrt(sums.orders_variance + power(errors.total_error * sums.orders, 2)) as orders_margin,
        1.96 * sqrt(sums.value_variance + power(errors.total_error * cast(sums.expected_value as double), 2)) as value_margin
    from sums
    left join errors on sums.as_of_date = errors.as_of_date
)

select
    bounds.as_of_date,
    '{{ model }}' as model,
    bounds.customers,
    round(bounds.orders, 1) as expected_orders,
    round(case when bounds.orders_margin > bounds.orders then 0 else bounds.orders - bounds.orders_margin end, 1) as orders_low,
    round(bounds.orders + bounds.orders_margin, 1) as orders_high,
    bounds.expected_value,
    cast(round(
        case when bounds.value_margin > bounds.expected_value then 0 else cast(bounds.expected_value as double) - bounds.value_margin end, 2
    ) as decimal(18, 2)) as value_low,
    cast(round(cast(bounds.expected_value as double) + bounds.value_margin, 2) as decimal(18, 2)) as value_high,
    dates.holdout_from as tested_from,
    trial.total_ratio as tested_ratio
from bounds
inner join {{ ref('as_of_dates') }} as dates on bounds.as_of_date = dates.as_of_date and dates.is_reported
left join {{ ref('forecast_backtest') }} as trial
    on dates.holdout_from = trial.as_of_date and trial.predictor = '{{ model }}'
