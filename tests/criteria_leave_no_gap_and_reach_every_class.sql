-- depends_on: {{ ref('criteria') }}
-- depends_on: {{ ref('presets') }}
-- depends_on: {{ ref('dimensions') }}
-- Every dimension of every preset, in force and as proposed, judged at, just below and just above every edge of every
-- measure it uses, at every word it names and at one it does not name, on the first day of every version:
-- no point may be left without a class, every class of its criteria must be reached by some point, and no class of the
-- dictionary may be without criteria.
{% set rows = rule_rows('criteria', "preset, dimension, coalesce(status, 'in_force') as status, class, measure, at_least, below, equals",
    "coalesce(status, 'in_force') in ('in_force', 'proposed')", 'preset, dimension, status, measure') %}
{% set starts = rule_rows('criteria', 'distinct valid_from', 'valid_from is not null') %}
{% set by_words = rule_rows('dimensions', 'dimension', "kind in ('code', 'winner')") | map(attribute='dimension') | list %}
{% set probes = {} %}
{% set criteria = {} %}
{% for row in rule_rows('presets', 'preset') %}
    {% do criteria.update({(row.preset, 'in_force'): criteria_of(row.preset)}) %}
    {% do criteria.update({(row.preset, 'proposed'): criteria_of(row.preset, if_adopted=true)}) %}
{% endfor %}
{% for row in rows %}
    {% set points = probes.setdefault((row.preset, row.dimension, row.status), {}).setdefault(row.measure, []) %}
    {% if row.equals is not none %}
        {% do points.append("'" ~ row.equals ~ "'") %}
        {% do points.append("'another word'") %}
    {% elif row.at_least is none and row.below is none %}
        {% do points.append(0.0) %}
    {% endif %}
    {% for edge in [row.at_least, row.below] if edge is not none %}
        {% do points.extend([edge | float, (edge | float) - 0.001, (edge | float) + 0.001]) %}
    {% endfor %}
{% endfor %}
with judged as (
    {% for (preset, dimension, status), measures in probes.items() %}
    select
        '{{ preset }}' as preset,
        '{{ dimension }}' as dimension,
        '{{ status }}' as status,
        dates.as_of_date,
        {{ judge(dimension, criteria.get((preset, status)), otherwise="'a gap'") }} as class,
        {% if dimension in by_words -%}
        -- a word that nobody has told us is unknown, and no gap
        'another word' in (
            {%- for measure, points in measures.items() if "'another word'" in points %}
            {{- measure }}{{ ', ' if not loop.last }}{% endfor %})
        {%- else %}false{% endif %} as may_be_unknown
    from (values (date '1900-01-01'){% for day in starts %}, (date '{{ day.valid_from }}'){% endfor %}) as dates(as_of_date) -- noqa: AL05
    {% for measure, points in measures.items() %}
    cross join (values ({{ points | unique | join('), (') }})) as {{ measure }}_probes({{ measure }})
    {% endfor %}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

stated as (
    select
        *,
        coalesce(status, 'in_force') as set_status
    from {{ ref('criteria') }}
),

-- what must answer for every class: a preset that starts from nothing in every dimension, and whoever judges it by rows of his own
sets as (
    select
        presets.preset,
        dimensions.dimension,
        'in_force' as set_status
    from {{ ref('presets') }} as presets
    cross join {{ ref('dimensions') }} as dimensions
    where presets.inherits_from is null
    union
    select
        preset,
        dimension,
        set_status
    from stated
    where preset <> 'fixture'
)

select distinct
    preset,
    dimension,
    status,
    class,
    'a gap: no criterion holds' as fault
from judged
where class = 'a gap' and not may_be_unknown
union all
select distinct
    stated.preset,
    stated.dimension,
    stated.set_status as status,
    stated.class,
    'never reached' as fault
from stated
left join judged
    on stated.preset = judged.preset and stated.dimension = judged.dimension
    and stated.set_status = judged.status and stated.class = judged.class
where judged.class is null
union all
select
    sets.preset,
    sets.dimension,
    sets.set_status as status,
    classes.class,
    'no criteria' as fault
from sets
inner join {{ ref('classes') }} as classes on sets.dimension = classes.dimension
left join stated
    on sets.preset = stated.preset and classes.dimension = stated.dimension and classes.class = stated.class
    -- a class that is only proposed so far waits for its adoption
    and stated.set_status in (sets.set_status, 'proposed')
left join {{ ref('rfm_grid') }} as grid
    on classes.dimension = 'rfm_segment' and grid.taxonomy = 'standard_11' and {{ word('grid.segment') }} = classes.class
where stated.class is null and grid.segment is null and classes.class <> 'unknown'
    and not (classes.dimension = 'rfm_segment' and classes.class = 'prospect')
union all
select distinct
    stated.preset,
    stated.dimension,
    stated.set_status as status,
    stated.class,
    'a preset that presets.csv does not have' as fault
from stated
left join {{ ref('presets') }} as presets on stated.preset = presets.preset
where presets.preset is null
