-- depends_on: {{ ref('criteria') }}
-- depends_on: {{ ref('presets') }}
-- depends_on: {{ ref('dimensions') }}
-- every customer, every number about him and every class drawn from it, judged in one scan; an override goes first
-- criteria name measures without a relation:
-- noqa: disable=RF02
{% set criteria = criteria_of(var('preset')) %}
{% set dimensions = rule_rows('dimensions', 'dimension, kind') %}
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
)

select
    scored.*,
    -- one customer may have several preferences, the dimension names the strongest; null where no sign is known
    {% for flag in ['prefers_product', 'prefers_service', 'prefers_marketing'] %}
    {{ judge(flag, criteria, otherwise='null') }} = 'yes' as {{ flag }},
    {% endfor %}
    {% for row in dimensions %}
    coalesce(
        overrides.{{ row.dimension }}_override,
        {% if row.kind == 'grid' %}
        case when scored.frequency = 0 then 'prospect' else coalesce(grid.rfm_segment, 'unknown') end
        {% else %}
        {{ judge(row.dimension, criteria) }}
        {% endif %}
    ) as {{ row.dimension }}{{ ',' if not loop.last }}
    {% endfor %}
from scored
left join grid on scored.rfm_score = grid.rfm_score
left join overrides
    on scored.customer_id = overrides.overridden_customer and scored.as_of_date = overrides.overridden_on
where scored.is_reported
