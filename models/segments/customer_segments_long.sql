{{ config(materialized='view') }}
-- depends_on: {{ ref('customer_classes') }}
-- depends_on: {{ ref('dimensions') }}
-- depends_on: {{ ref('criteria') }}
-- depends_on: {{ ref('presets') }}
{% set dimensions = rule_rows('dimensions', 'dimension, score, evidence, evidence_kind') %}
with long as (
    {% for dimension in dimensions %}
    select
        customer_id,
        as_of_date,
        '{{ dimension.dimension }}' as dimension,
        {{ dimension.dimension }} as class,
        cast({{ dimension.score or 'null' }} as double) as score,
        {{ dimension.evidence }} as evidence,
        '{{ dimension.evidence_kind }}' as evidence_kind
    from {{ ref('customer_classes') }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    customer_id,
    as_of_date,
    dimension,
    class,
    score,
    case when class = 'unknown' then 'low' else {{ judge('confidence') }} end as confidence,
    evidence_kind
from long
