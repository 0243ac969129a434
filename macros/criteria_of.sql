{#
    The criteria of a preset by dimension, read once: a dimension for which the preset has no rows of its own takes
    those of the preset it inherits from (rules/presets.csv), and so on up the line.
    The caller says `-- depends_on: {{ ref('criteria') }}` and `-- depends_on: {{ ref('presets') }}`.
#}
{% macro criteria_of(preset) %}
{% set parents = {} %}
{% for row in rule_rows('presets', 'preset, inherits_from') %}{% do parents.update({row.preset: row.inherits_from}) %}{% endfor %}
{% set line = [preset] %}
{% for _ in parents if parents.get(line[-1]) %}{% do line.append(parents[line[-1]]) %}{% endfor %}
{% set rows = rule_rows('criteria',
    'preset, dimension, rule, class, measure, at_least, below, equals, valid_from, valid_to',
    "preset in ('" ~ line | join("', '") ~ "')", 'dimension, valid_from nulls first, rule, class, measure') %}
{% set nearest = {} %}
{% for name in line %}{% for row in rows if row.preset == name %}
    {% do nearest.setdefault(row.dimension, name) %}
{% endfor %}{% endfor %}
{% set criteria = {} %}
{% for row in rows if nearest[row.dimension] == row.preset %}
    {% do criteria.setdefault(row.dimension, []).append(row) %}
{% endfor %}
{{ return(criteria) }}
{% endmacro %}
