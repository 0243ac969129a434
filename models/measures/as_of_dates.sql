-- the dates at which customers are judged: as_of_date and the month ends before it; those older month ends whose
-- distribution still sets the cut-points of scores; and those from which forecasts are put to the test
{% set month_back = dbt.dateadd('month', '-numbers.months', 'bounds.as_of_date') %}
-- depends_on: {{ ref('changed_rows') }}
with new_customers as (
    select
        first_order_date,
        count(*) as customers
    from {{ ref('first_orders') }}
    where first_order_date is not null
    group by first_order_date
),

bounds as (
    select
        {{ "cast('" ~ var('as_of_date') ~ "' as date)" if var('as_of_date') else 'max(order_date)' }} as as_of_date,
        min(order_date) as first_date
    from {{ ref('fct_orders') }}
),

dates as (
    select
        as_of_date,
        true as is_reported,
        first_date
    from bounds
    union all
    select
        cast({{ dbt.last_day(month_back, 'month') }} as date) as as_of_date,
        {% if var('history_from') -%}
        cast({{ dbt.last_day(month_back, 'month') }} as date) >= cast('{{ var("history_from") }}' as date)
        {%- else -%}
        numbers.months <= {{ var('history_months') }}
        {%- endif %} as is_reported,
        bounds.first_date
    from bounds
    cross join range(1, 601) as numbers(months)
),

aged as (
    select
        dates.as_of_date,
        dates.is_reported,
        dates.as_of_date = {{ dbt.last_day('dates.as_of_date', 'month') }} as is_month_end,
        12 * (extract(year from dates.as_of_date) - extract(year from dates.first_date))
        + extract(month from dates.as_of_date) - extract(month from dates.first_date) + 1 as age_months,
        coalesce(sum(new_customers.customers), 0) as customers
    from dates
    left join new_customers on dates.as_of_date >= new_customers.first_order_date
    group by 1, 2, 3, 4
),

calibrated as (
    select
        as_of_date,
        is_reported,
        -- until the first calibration a date judges itself
        coalesce(
            max(case when {{ is_calibration() }} then as_of_date end) over (order by as_of_date), as_of_date
        ) as calibrated_on
    from aged
),

-- the last month end whose horizon had ended by the date: from there its forecasts are put to the test
holdouts as (
    select
        calibrated.as_of_date,
        max(past.as_of_date) as holdout_from
    from calibrated
    inner join aged as past
        on cast({{ dbt.dateadd('day', var('horizon_days'), 'past.as_of_date') }} as date) <= calibrated.as_of_date
        and past.is_month_end and past.customers > 0
    where calibrated.is_reported
    group by calibrated.as_of_date
),

dated as (
    select
        calibrated.*,
        holdouts.holdout_from,
        calibrated.is_reported
        or calibrated.as_of_date in (select reported.calibrated_on from calibrated as reported where reported.is_reported) as is_measured
    from calibrated
    left join holdouts on calibrated.as_of_date = holdouts.as_of_date
),

asked as (
    select * from dated where is_measured or as_of_date in (select holdouts.holdout_from from holdouts)
)

select
    as_of_date,
    is_reported,
    is_measured,
    calibrated_on,
    holdout_from,
    as_of_date = max(as_of_date) over () as is_latest,
    {{ is_frozen() }} as is_frozen,
    {{ is_restated(is_frozen()) }} as is_restated
from asked
