-- depends_on: {{ ref('dimensions') }}
-- depends_on: {{ ref('customer_moves') }}
-- What those who held a class when a period began did until its end. Only who is known at both ends counts: what a new
-- customer does belongs to no class, and what one who was merged did is his survivor's.
{% set counts = {
    'prospects': 'from_frequency = 0',
    'converted_prospects': 'from_frequency = 0 and orders > 0',
    'active_customers': 'from_recent_orders > 0',
    'retained_customers': 'from_recent_orders > 0 and orders > 0',
    'current_customers': "from_lifecycle not in ('prospect', 'churned')",
    'churned_customers': "from_lifecycle not in ('prospect', 'churned') and to_lifecycle = 'churned'",
    'buyers': 'orders > 0',
    'judged_loyalty': "to_loyalty <> 'unknown'",
    'loyal_customers': "to_loyalty = 'high'",
    'recommendation_answers': 'nps_answers > 0',
    'promoters': "nps_answers > 0 and to_recommendation = 'promoter'",
    'detractors': "nps_answers > 0 and to_recommendation = 'detractor'",
} %}
{% set sums = ['orders', 'order_value', 'net_revenue', 'costed_orders', 'costed_cents', 'profit_cents', 'csat_answers',
    'csat_reached', 'opinions', 'sentiment'] %}
{% set dimensions = rule_rows('dimensions', 'dimension') | map(attribute='dimension') | list %}
-- each condition is looked at once, not for every dimension again
with known as (
    select
        as_of_date,
        {% for dimension in dimensions %}
        from_{{ dimension }},
        {% endfor %}
        {% for name, condition in counts.items() %}
        case when {{ condition }} then 1 end as is_of_{{ name }},
        {% endfor %}
        {{ sums | join(',\n        ') }}
    from {{ ref('customer_moves') }}
    where presence = 'known'
),

counted as (
    {% for some in scans_of(dimensions) %}
    select
        as_of_date,
        {{ counted_dimension(some, ['from_']) }} as dimension,
        {{ counted_class(some, 'from_') }} as class,
        count(*) as customers
        {%- for name in counts %},
        count(is_of_{{ name }}) as {{ name }}
        {%- endfor %}
        {%- for name in sums %},
        sum({{ name }}) as {{ name }}
        {%- endfor %}
    from known
    group by {{ by_dimension(some, ['as_of_date'], ['from_']) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select * from counted where class is not null
