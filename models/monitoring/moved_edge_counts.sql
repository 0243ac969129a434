-- depends_on: {{ ref('criteria') }}
-- depends_on: {{ ref('presets') }}
-- depends_on: {{ ref('dimensions') }}
-- depends_on: {{ ref('customer_classes') }}
-- every edge of every dimension moved down and up, each alone, and who would change class: one scan, so one wide row;
-- a class decided by hand stays
-- criteria name measures without a relation:
-- noqa: disable=RF02
{% set moves = moved_criteria() %}
with judged as (
    select
        as_of_date,
        recent_spend
        {%- for move in moves %},
        {{ move.dimension }}_override is null and {{ move.measure }} = {{ move.edge }} as stands_at_{{ move.no }},
        {{ move.dimension }}_override is null
        and {{ judge(move.dimension, {move.dimension: move.lines}) }} <> {{ move.dimension }} as changes_{{ move.no }}
        {%- endfor %}
    from {{ ref('latest_classes') }}
)

select
    as_of_date,
    count(*) as customers
    {%- for move in moves %},
    count(*) filter (where stands_at_{{ move.no }}) as at_edge_{{ move.no }},
    count(*) filter (where changes_{{ move.no }}) as customers_{{ move.no }},
    coalesce(sum(recent_spend) filter (where changes_{{ move.no }}), 0) as revenue_{{ move.no }}
    {%- endfor %}
from judged
group by as_of_date
