{{ config(materialized=incremental_where_possible(), dates_in='reported_dates') }}
-- what each customer will probably do next, whom to be warned about, and why
{% set silence_en = "'no order for ' || cast(forecasts.recency_days as string) || ' days, '" %}
{% set silence_zh = "'已' || cast(forecasts.recency_days as string) || '天未下单，'" %}
{% set gap = 'cast(cast(round(forecasts.usual_gap_days) as bigint) as string)' %}
{% set bought = "cast(cast(round(100 * (1 - forecasts.churn_risk)) as integer) as string)" %}
select
    classes.customer_id,
    classes.as_of_date,
    forecasts.expected_orders,
    forecasts.expected_value,
    forecasts.p_alive,
    forecasts.p_active,
    forecasts.naive_orders,
    forecasts.usual_gap_days,
    forecasts.expected_next_order_date,
    forecasts.churn_risk,
    forecasts.churn_odds,
    cast(classes.churn_warning as string) as churn_warning,
    forecasts.preferred_predictor,
    {{ silence_en }} || coalesce('usually one every ' || {{ gap }} || ' days; ', 'the only one so far; ')
    || 'of customers like this one by ' || case forecasts.preferred_predictor
        {%- for predictor in predictors() %} when '{{ predictor.name }}' then '{{ predictor.en }}'{% endfor %} end
    || ' ' || {{ bought }} || '% bought within {{ var("horizon_days") }} days' as churn_reason,
    {{ silence_zh }} || coalesce('通常每' || {{ gap }} || '天一单；', '目前仅此一单；')
    || '按' || case forecasts.preferred_predictor
        {%- for predictor in predictors() %} when '{{ predictor.name }}' then '{{ predictor.zh }}'{% endfor %} end
    || '看，同类客户中有' || {{ bought }} || '%在{{ var("horizon_days") }}天内下单' as churn_reason_zh,
    cast({{ rounded('cast(forecasts.expected_value as double) * forecasts.churn_risk', 2) }} as decimal(18, 2)) as value_at_stake
from {{ ref('customer_classes') }} as classes
left join {{ ref('forecast_measures') }} as forecasts
    on classes.customer_id = forecasts.customer_id and classes.as_of_date = forecasts.as_of_date
where {{ is_judged_now('classes.as_of_date') }}
