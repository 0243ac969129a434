-- depends_on: {{ ref('dimensions') }}
-- depends_on: {{ ref('customer_moves') }}
-- What those who held a class when a period began did until its end. Only who is known at both ends counts: what a new
-- customer does belongs to no class, and what one who was merged did is his survivor's.
{% set counts = {
    'customers': 'true',
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
{% for row in rule_rows('dimensions', 'dimension') %}
select
    as_of_date,
    '{{ row.dimension }}' as dimension,
    cast(from_{{ row.dimension }} as string) as class
    {%- for name, condition in counts.items() %},
    count(*) filter (where {{ condition }}) as {{ name }}
    {%- endfor %}
    {%- for name in sums %},
    sum({{ name }}) as {{ name }}
    {%- endfor %}
from {{ ref('customer_moves') }}
where presence = 'known' and from_{{ row.dimension }} is not null
group by as_of_date, from_{{ row.dimension }}
{{ 'union all' if not loop.last }}
{% endfor %}
