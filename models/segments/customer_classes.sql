{{ config(materialized=incremental_where_possible(), dates_in='reported_dates', pre_hook='{{ make_class_type() }}') }}
-- depends_on: {{ ref('criteria') }}
-- depends_on: {{ ref('presets') }}
-- depends_on: {{ ref('dimensions') }}
-- depends_on: {{ ref('scores') }}
-- every customer and every class he holds, judged in one scan, with the ranks and the numbers shown beside; an override goes first
-- criteria name measures without a relation:
-- noqa: disable=RF02
{% set criteria = criteria_of(var('preset')) %}
{% set dimensions = rule_rows('dimensions', 'dimension, kind') %}
{% set dwelling = dwelling_dimensions() %}
{% set kept = ['customer_id', 'as_of_date', 'calibrated_on', 'is_latest', 'frequency', 'monetary', 'recency_days', 'recent_orders',
    'recent_spend', 'last_order_date'] + rank_columns() + shown_measures() %}
with scored as (
    select * from {{ ref('customer_scores') }}
),

grid as (
    select
        rfm_score,
        {{ word('segment') }} as rfm_segment
    from {{ ref('rfm_grid') }}
    where taxonomy = 'standard_11'
),

overrides as (
    select
        customer_id as overridden_customer,
        as_of_date as overridden_on
        {%- for row in dimensions %},
        {{ row.dimension }}_override
        {%- endfor %}
    from {{ ref('class_overrides') }}
),

judged as (
    select
        {% for name in kept | unique %}
        scored.{{ name }},
        {% endfor %}
        -- one customer may have several preferences, the dimension names the strongest; null where no sign is known
        {% for flag in ['prefers_product', 'prefers_service', 'prefers_marketing'] %}
        {{ judge(flag, criteria, otherwise='null') }} = 'yes' as {{ flag }},
        {% endfor %}
        {% for row in dimensions %}
        {% set class %}
        {% if row.kind == 'grid' %}
        case when scored.frequency = 0 then 'prospect' else coalesce(grid.rfm_segment, 'unknown') end
        {%- else %}
        {{ judge(row.dimension, criteria) }}
        {%- endif %}
        {% endset %}
        {% if row.dimension in dwelling %}
        overrides.{{ row.dimension }}_override as {{ row.dimension }}_by_hand,
        {{ class | trim }} as {{ row.dimension }}_judged
        {%- else %}
        coalesce(overrides.{{ row.dimension }}_override, {{ class | trim }}) as {{ row.dimension }}
        {%- endif %}{{ ',' if not loop.last }}
        {% endfor %}
    from scored
    left join grid on scored.rfm_score = grid.rfm_score
    left join overrides
        on scored.customer_id = overrides.overridden_customer and scored.as_of_date = overrides.overridden_on
    where scored.is_reported and {{ of_these_customers('scored.customer_id') }}
){% if dwelling %},

{{ held_classes(dwelling) }},

classed as (
    select
        judged.*
        {%- for dimension in dwelling %},
        held.{{ dimension }}_held,
        coalesce(judged.{{ dimension }}_by_hand, held.{{ dimension }}_held) as {{ dimension }}
        {%- endfor %}
    from judged
    inner join held on judged.customer_id = held.customer_id and judged.as_of_date = held.as_of_date
)
{% endif %}

select * {{ as_class_words(dimensions | map(attribute='dimension')) }}
from {{ 'classed' if dwelling else 'judged' }}
