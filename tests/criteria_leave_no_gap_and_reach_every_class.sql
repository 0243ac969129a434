-- depends_on: {{ ref('criteria') }}
-- Every dimension of every preset, judged at, just below and just above every edge of every measure it uses, on
-- the first day of every version:
-- no point may be left without a class, every class of its criteria must be reached by some point, and no class of the
-- dictionary may be without criteria.
{% set rows = rule_rows('criteria', 'preset, dimension, class, measure, at_least, below',
    order_by='preset, dimension, measure') %}
{% set starts = rule_rows('criteria', 'distinct valid_from', 'valid_from is not null') %}
{% set probes = {} %}
{% for row in rows if row.at_least is not none or row.below is not none %}
    {% set edges = probes.setdefault((row.preset, row.dimension), {}).setdefault(row.measure, []) %}
    {% for edge in [row.at_least, row.below] if edge is not none %}
        {% do edges.extend([edge | float, (edge | float) - 0.001, (edge | float) + 0.001]) %}
    {% endfor %}
{% endfor %}
with judged as (
    {% for (preset, dimension), measures in probes.items() %}
    select
        '{{ preset }}' as preset,
        '{{ dimension }}' as dimension,
        {{ judge(dimension, preset) }} as class
    from (values (date '1900-01-01'){% for day in starts %}, (date '{{ day.valid_from }}'){% endfor %}) as dates(as_of_date) -- noqa: AL05
    {% for measure, edges in measures.items() %}
    cross join (values ({{ edges | unique | join('), (') }})) as {{ measure }}_probes({{ measure }})
    {% endfor %}
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select distinct
    preset,
    dimension,
    class,
    'a gap: no criterion holds' as fault
from judged
where class = 'unknown'
union all
select distinct
    criteria.preset,
    criteria.dimension,
    criteria.class,
    'never reached' as fault
from {{ ref('criteria') }} as criteria
left join judged
    on criteria.preset = judged.preset and criteria.dimension = judged.dimension and criteria.class = judged.class
where judged.class is null and criteria.equals is null
union all
select
    presets.preset,
    classes.dimension,
    classes.class,
    'no criteria' as fault
from {{ ref('classes') }} as classes
cross join (select distinct preset from {{ ref('criteria') }} where preset <> 'fixture') as presets
left join {{ ref('criteria') }} as criteria
    on presets.preset = criteria.preset and classes.dimension = criteria.dimension and classes.class = criteria.class
left join {{ ref('rfm_grid') }} as grid
    on classes.dimension = 'rfm_segment' and grid.taxonomy = 'standard_11' and {{ word('grid.segment') }} = classes.class
where criteria.class is null and grid.segment is null and classes.class not in ('unknown', 'prospect')
