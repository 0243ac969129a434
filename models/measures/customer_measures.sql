{{ config(materialized=incremental_where_possible()) }}
{# the models that measure a kind of event, each with a row per customer and as-of date from his first event on #}
{% set counts = {
    'purchases': ['purchase_days', 'recent_orders'], 'habits': ['active_months', 'habit_orders', 'costed_orders'],
    'signals': ['preference_signals', 'psychology_signals', 'psychology_behaviour_signals', 'persona_signals',
        'need_type_signals', 'product_need_signals', 'service_need_signals'],
    'feedback': ['nps_answers', 'csat_answers', 'opinions'], 'referrals': ['referrals'],
} %}
-- every customer known by an as-of date, with his numbers as of then; who has not ordered has counts of zero
select
    spine.*,
    coalesce(purchases.orders, 0) as frequency,
    coalesce(purchases.spend, 0) as monetary,
    coalesce(purchases.recent_spend, 0) as recent_spend,
    {% for source, names in counts.items() %}{% for name in names %}
    coalesce({{ source }}.{{ name }}, 0) as {{ name }},
    {% endfor %}{% endfor %}
    purchases.first_order_date,
    purchases.last_order_date,
    purchases.recency_days,
    purchases.tenure_days,
    purchases.last_gap_days,
    -- in cents, so that equal averages of different numbers of orders are equal numbers
    cast(purchases.order_value * 100 as double) / nullif(purchases.orders * 100, 0) as average_order_value,
    cast(purchases.order_value * 100 as double) / nullif(purchases.purchase_days * 100, 0) as average_day_value,
    forecasts.expected_value,
    forecasts.churn_odds,
    coalesce(purchases.trend_orders, 0) - coalesce(purchases.earlier_orders, 0) as order_trend,
    coalesce(purchases.online_orders + purchases.offline_orders, 0) as channel_orders,
    cast(purchases.online_orders as double)
    / nullif(purchases.online_orders + purchases.offline_orders, 0) as online_share,
    nullif(habits.categories, 0) as categories,
    habits.recent_profit,
    habits.profit_margin,
    habits.weekend_share,
    habits.season_share,
    habits.premium_share,
    case when spine.as_of_date >= recorded.promotions_since then habits.promoted_share end as promoted_share,
    case when spine.as_of_date >= recorded.discounts_since then habits.discount_share end as discount_share,
    case when spine.as_of_date >= recorded.interactions_since then coalesce(interactions.recent_interactions, 0) end
        as recent_interactions,
    least(
        purchases.recency_days,
        cast({{ dbt.datediff('interactions.last_interaction_date', 'spine.as_of_date', 'day') }} as bigint)
    ) as silent_days,
    {% for question in ['preference', 'psychology', 'psychology_behaviour', 'persona', 'need_type', 'product_need', 'service_need'] %}
    signals.{{ question }}_top,
    signals.{{ question }}_share,
    {% endfor %}
    signals.product_signal_share,
    signals.service_signal_share,
    signals.marketing_signal_share,
    feedback.nps_score,
    feedback.csat_score,
    feedback.sentiment_score,
    {% for name in ['employees', 'assets', 'interests', 'declared_attributes'] %}
    attributes.{{ name }},
    {% endfor %}
    {{ age_years('attributes.birth_date', 'spine.as_of_date') }} as age_years
from {{ ref('customer_spine') }} as spine
cross join {{ ref('recorded_since') }} as recorded
left join {{ ref('customer_attributes') }} as attributes on spine.customer_id = attributes.customer_id
{% for source, relation in {
    'purchases': ref('purchase_measures'), 'habits': ref('habit_measures'), 'signals': ref('signal_measures'),
    'forecasts': ref('forecast_measures'), 'interactions': ref('interaction_measures'),
    'feedback': ref('feedback_measures'), 'referrals': ref('referral_measures'),
}.items() %}
left join {{ relation }} as {{ source }}
    on spine.customer_id = {{ source }}.customer_id and spine.as_of_date = {{ source }}.as_of_date
    and {{ is_judged_now(source ~ '.as_of_date') }}
{% endfor %}
where {{ is_judged_now('spine.as_of_date') }} and {{ of_these_customers('spine.customer_id') }}
