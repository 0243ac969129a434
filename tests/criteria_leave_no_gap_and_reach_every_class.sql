-- depends_on: {{ ref('criteria') }}
-- depends_on: {{ ref('presets') }}
-- depends_on: {{ ref('dimensions') }}
-- Every dimension of every preset, judged at, just below and just above every edge of every measure it uses, at every
-- word it names and at one it does not name, on the first day of every version:
-- no point may be left without a class, every class of its criteria must be reached by some point, and no class of the
-- dictionary may be without criteria.
{% set rows = rule_rows('criteria', 'preset, dimension, class, measure, at_least, below, equals',
    order_by='preset, dimension, measure') %}
{% set starts = rule_rows('criteria', 'distinct valid_from', 'valid_from is not null') %}
{% set by_words = rule_rows('dimensions', 'dimension', "kind in ('code', 'winner')") | map(attribute='dimension') | list %}
{% set probes = {} %}
{% set criteria = {} %}
{% for row in rule_rows('presets', 'preset') %}{% do criteria.update({row.preset: criteria_of(row.preset)}) %}{% endfor %}
{% for row in rows %}
    {% set points = probes.setdefault((row.preset, row.dimension), {}).setdefault(row.measure, []) %}
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
    {% for (preset, dimension), measures in probes.items() %}
    select
        '{{ preset }}' as preset,
        '{{ dimension }}' as dimension,
        dates.as_of_date,
        {{ judge(dimension, criteria.get(preset), otherwise="'a gap'") }} as class,
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
)

select distinct
    preset,
    dimension,
    class,
    'a gap: no criterion holds' as fault
from judged
where class = 'a gap' and not may_be_unknown
union all
select distinct
    criteria.preset,
    criteria.dimension,
    criteria.class,
    'never reached' as fault
from {{ ref('criteria') }} as criteria
left join judged
    on criteria.preset = judged.preset and criteria.dimension = judged.dimension and criteria.class = judged.class
where judged.class is null
union all
-- a preset that judges a dimension by rows of its own has one for each class; one that inherits nothing judges all
select
    presets.preset,
    classes.dimension,
    classes.class,
    'no criteria' as fault
from {{ ref('classes') }} as classes
cross join {{ ref('presets') }} as presets
left join {{ ref('criteria') }} as criteria
    on presets.preset = criteria.preset and classes.dimension = criteria.dimension and classes.class = criteria.class
left join {{ ref('rfm_grid') }} as grid
    on classes.dimension = 'rfm_segment' and grid.taxonomy = 'standard_11' and {{ word('grid.segment') }} = classes.class
where criteria.class is null and grid.segment is null and classes.class <> 'unknown'
    and not (classes.dimension = 'rfm_segment' and classes.class = 'prospect')
    and presets.preset <> 'fixture'
    and (
        presets.inherits_from is null
        or presets.preset || '.' || classes.dimension in (select own.preset || '.' || own.dimension from {{ ref('criteria') }} as own)
    )
union all
select distinct
    criteria.preset,
    criteria.dimension,
    criteria.class,
    'a preset that presets.csv does not have' as fault
from {{ ref('criteria') }} as criteria
left join {{ ref('presets') }} as presets on criteria.preset = presets.preset
where presets.preset is null
