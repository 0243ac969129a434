{{ config(materialized='view') }}
-- what each customer will probably do next, whom to be warned about, and why: the words are made when they are read
{% set silence_en = "'no order for ' || cast(recency_days as string) || ' days, '" %}
{% set silence_zh = "'已' || cast(recency_days as string) || '天未下单，'" %}
{% set gap = 'cast(cast(round(usual_gap_days) as bigint) as string)' %}
{% set bought = "cast(cast(round(100 * (1 - churn_risk)) as integer) as string)" %}
select
    customer_id,
    as_of_date,
    expected_orders,
    expected_value,
    p_alive,
    p_active,
    naive_orders,
    usual_gap_days,
    expected_next_order_date,
    churn_risk,
    churn_odds,
    cast(churn_warning as string) as churn_warning,
    preferred_predictor,
    {{ silence_en }} || coalesce('usually one every ' || {{ gap }} || ' days; ', 'the only one so far; ')
    || 'of customers like this one by ' || case preferred_predictor
        {%- for predictor in predictors() %} when '{{ predictor.name }}' then '{{ predictor.en }}'{% endfor %} end
    || ' ' || {{ bought }} || '% bought within {{ var("horizon_days") }} days' as churn_reason,
    {{ silence_zh }} || coalesce('通常每' || {{ gap }} || '天一单；', '目前仅此一单；')
    || '按' || case preferred_predictor
        {%- for predictor in predictors() %} when '{{ predictor.name }}' then '{{ predictor.zh }}'{% endfor %} end
    || '看，同类客户中有' || {{ bought }} || '%在{{ var("horizon_days") }}天内下单' as churn_reason_zh,
    value_at_stake
from {{ ref('forecast_scores') }}
