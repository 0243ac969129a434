{{ config(materialized='view') }}
-- depends_on: {{ ref('criteria') }}
-- depends_on: {{ ref('presets') }}
-- depends_on: {{ ref('dimensions') }}
-- the latest date, judged by the proposed criteria beside the ones in force; a class decided by hand stays
-- criteria name measures without a relation:
-- noqa: disable=RF02
{% set criteria = criteria_of(var('preset'), if_adopted=true) %}
{% for row in rule_rows('dimensions', 'dimension', "kind <> 'grid'") if criteria.get(row.dimension, [{}])[0].status == 'proposed' %}
{{ 'union all' if not loop.first }}
select
    customer_id,
    as_of_date,
    '{{ row.dimension }}' as dimension,
    cast({{ row.dimension }} as string) as from_class,
    coalesce({{ row.dimension }}_override, {{ judge(row.dimension, criteria) }}) as to_class,
    recent_spend,
    monetary
from {{ ref('latest_classes') }}
{% else %}
-- nothing is proposed
select
    customer_id,
    as_of_date,
    'none' as dimension,
    'none' as from_class,
    'none' as to_class,
    recent_spend,
    monetary
from {{ ref('latest_classes') }}
where false
{% endfor %}
