-- depends_on: {{ ref('words') }}
-- What a customer's signs of the last recent_days point to by each as-of date: the answer with the most points to each
-- question of rules/words.csv that signs can answer, and its share of all points.
{% set questions = ['preference', 'psychology', 'psychology_behaviour', 'persona', 'need_type', 'product_need', 'service_need'] %}
{% set columns = {} %}
{% for row in rule_rows('words', 'distinct attribute, meaning', order_by='attribute, meaning') if row.attribute in questions %}
    {% do columns.setdefault(row.attribute, {}).update({row.meaning: row.attribute ~ '_' ~ row.meaning}) %}
{% endfor %}
with events as (
    select
        customer_id,
        signal_date as event_date,
        {% for attribute, answers in columns.items() %}{% set last_attribute = loop.last %}{% for answer, name in answers.items() %}
        sum(case when attribute = '{{ attribute }}' and answer = '{{ answer }}' then points else 0 end) as {{ name }}
        {{- ',' if not (last_attribute and loop.last) }}
        {% endfor %}{% endfor %}
    from {{ ref('customer_signals') }}
    group by 1, 2
),

{% set names = [] %}
{% for answers in columns.values() %}{% do names.extend(answers.values()) %}{% endfor %}
{{ sums_as_of('events', recent=names) }}

select
    *,
    {% for answer, name in columns.get('preference', {}).items() %}
    cast({{ name }} as double) / nullif({{ columns['preference'].values() | join(' + ') }}, 0) as {{ answer }}_signal_share,
    {% endfor %}
    {% for attribute, answers in columns.items() %}
    {{ winner(attribute, answers) }}{{ ',' if not loop.last }}
    {% endfor %}
from as_of
