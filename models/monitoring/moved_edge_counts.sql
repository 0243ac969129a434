-- depends_on: {{ ref('criteria') }}
-- depends_on: {{ ref('presets') }}
-- depends_on: {{ ref('dimensions') }}
-- every edge of every dimension moved down and up, each alone, and who would change class: one scan, so one wide row;
-- a class decided by hand stays. CASE inside of plain aggregates: several hundred with FILTER, or grouped, take ten times as long.
-- criteria name measures without a relation:
-- noqa: disable=RF02
{% set moves = moved_criteria() %}
with judged as (
    select
        as_of_date,
        recent_spend
        {%- for move in moves %},
        {{ move.dimension }}_override is null and {{ move.measure }} = {{ edge(move.edge) }} as stands_at_{{ move.no }},
        {% if move.moved_to == move.edge %}false{% else %}-- who does not stand between the two edges is not judged again
        case
            when {{ move.measure }} between {{ [edge(move.edge), edge(move.moved_to)] | sort | join(' and ') }}
                then {{ move.dimension }}_override is null
                    and {{ judge(move.dimension, {move.dimension: move.lines}) }} <> {{ move.dimension }}
            else false
        end{% endif %} as changes_{{ move.no }}
        {%- endfor %}
    from {{ ref('latest_classes') }}
)

select
    max(as_of_date) as as_of_date,
    count(*) as customers
    {%- for move in moves %},
    count(case when stands_at_{{ move.no }} then 1 end) as at_edge_{{ move.no }},
    count(case when changes_{{ move.no }} then 1 end) as customers_{{ move.no }},
    sum(case when changes_{{ move.no }} then recent_spend else 0 end) as revenue_{{ move.no }}
    {%- endfor %}
from judged
having count(*) > 0
