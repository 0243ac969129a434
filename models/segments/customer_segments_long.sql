{{ config(materialized='view') }}
-- depends_on: {{ ref('segment_scores') }}
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
        cast({{ dimension.dimension }} as string) as class,
        {{ dimension.score ~ '_number' if dimension.score else 'cast(null as double)' }} as score,
        {{ dimension.evidence | replace(' + ', '_and_') }}_number as evidence,
        '{{ dimension.evidence_kind }}' as evidence_kind
    from {{ ref('segment_scores') }}
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
