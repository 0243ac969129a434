{{ config(materialized=incremental_where_possible()) }}
-- What to expect of each customer, by the model of forecast_model and by his own rhythm; and the chance that he buys no
-- more, as it was among customers like him in the holdout, by the predictor that told best there. A model that a
-- holdout has refused shows nothing.
{% set model = var('forecast_model') %}
{% set usual_gap = 'cast(round(cast(scored.span_days as double) / nullif(scored.repeat_days, 0)) as integer)' %}
with value_parameters as (
    select
        as_of_date,
        max(case when parameter = 'p' then estimate end) as p,
        max(case when parameter = 'q' then estimate end) as q,
        max(case when parameter = 'v' then estimate end) as v
    from {{ ref('forecast_parameters') }}
    where model = 'gamma_gamma'
    group by as_of_date
),

forecasts as (
    select
        orders.*,
        dates.holdout_from,
        purchases.last_order_date,
        expected.{{ model }}_discounted_orders as discounted_orders,
        expected.{{ model }}_orders as orders_if_kept,
        expected.{{ model }}_squared_orders as squared_orders,
        value_parameters.p,
        -- Gamma-Gamma (Fader and Hardie 2013, equation 5): the mean of all, and his own by its weight
        value_parameters.p * (value_parameters.v + greatest(cast(purchases.order_value - purchases.first_day_value as double), 0))
        / nullif(greatest(value_parameters.p * orders.repeat_days + value_parameters.q - 1, 0), 0) as day_value,
        coalesce(refused.status, '') <> 'stop' as is_shown,
        preferred.predictor as preferred_predictor
    from {{ ref('order_forecasts') }} as orders
    inner join {{ ref('as_of_dates') }} as dates on orders.as_of_date = dates.as_of_date and dates.is_measured
    inner join {{ ref('purchase_measures') }} as purchases
        on orders.customer_id = purchases.customer_id and orders.as_of_date = purchases.as_of_date
    left join {{ ref('expected_orders') }} as expected
        on orders.as_of_date = expected.as_of_date and orders.repeat_days = expected.repeat_days
        and orders.tenure_days = expected.tenure_days
    left join value_parameters on orders.as_of_date = value_parameters.as_of_date
    left join {{ ref('forecast_backtest') }} as refused
        on dates.holdout_from = refused.as_of_date and refused.predictor = '{{ model }}'
    left join {{ ref('forecast_backtest') }} as preferred
        on dates.holdout_from = preferred.as_of_date and preferred.is_preferred
    where {{ is_judged_now('orders.as_of_date') }}
),

scored as (
    select
        *,
        case preferred_predictor
            {% for predictor in predictors() %}
            when '{{ predictor.name }}' then cast({{ predictor.score }} as double)
            {% endfor %}
        end as score
    from forecasts
),

groups as (
    select
        as_of_date as tested_from,
        predictor,
        active_share,
        churn_odds,
        -- who scores lower than anybody then belongs to the last group
        case when tenth < max(tenth) over (partition by as_of_date, predictor) then score_from end as score_from,
        lag(score_from) over (partition by as_of_date, predictor order by tenth) as next_score_from
    from {{ ref('forecast_calibration') }}
)

select
    scored.customer_id,
    scored.as_of_date,
    scored.recency_days,
    scored.preferred_predictor,
    case when scored.is_shown then scored.{{ model }}_p_alive end as p_alive,
    case when scored.is_shown then scored.{{ model }}_p_active end as p_active,
    case when scored.is_shown then scored.{{ model }}_orders end as expected_orders,
    case
        when scored.is_shown then cast({{ rounded(
            'scored.' ~ model ~ '_p_alive * scored.discounted_orders * scored.day_value * ' ~ var('margin_share'), 2
        ) }} as decimal(18, 2))
    end as expected_value,
    scored.{{ model }}_p_alive * scored.squared_orders - power(scored.{{ model }}_p_alive * scored.orders_if_kept, 2) as orders_variance,
    scored.day_value * {{ var('margin_share') }} as day_value,
    1 / scored.p as value_dispersion,
    scored.naive_orders,
    {{ rounded('cast(scored.span_days as double) / nullif(scored.repeat_days, 0)', 1) }} as usual_gap_days,
    cast({{ dbt.dateadd('day', usual_gap, 'scored.last_order_date') }} as date) as expected_next_order_date,
    {{ rounded('1 - groups.active_share', 4) }} as churn_risk,
    {{ rounded('groups.churn_odds', 4) }} as churn_odds
from scored
left join groups
    on scored.holdout_from = groups.tested_from and scored.preferred_predictor = groups.predictor
    and (groups.score_from is null or scored.score >= groups.score_from)
    and (groups.next_score_from is null or scored.score < groups.next_score_from)
