{#
    The criteria of a preset by dimension, read once: a dimension for which the preset has no rows of its own takes
    those of the preset it inherits from (rules/presets.csv), and so on up the line.
    The caller says `-- depends_on: {{ ref('criteria') }}` and `-- depends_on: {{ ref('presets') }}`.

    if_adopted: true for the criteria as they would be if every proposal were adopted: the proposed rows of a preset
                and dimension stand in place of all its rows in force. Without it proposals do not exist, and a status
                that nobody knows judges nobody.
#}
{% macro criteria_of(preset, if_adopted=false) %}
{% set parents = {} %}
{% for row in rule_rows('presets', 'preset, inherits_from') %}{% do parents.update({row.preset: row.inherits_from}) %}{% endfor %}
{% set line = [preset] %}
{% for _ in parents if parents.get(line[-1]) %}{% do line.append(parents[line[-1]]) %}{% endfor %}
{% set rows = rule_rows('criteria',
    "preset, dimension, rule, class, measure, at_least, below, equals, valid_from, valid_to, coalesce(status, 'in_force') as status",
    "preset in ('" ~ line | join("', '") ~ "')", 'dimension, valid_from nulls first, rule, class, measure') %}
{% set nearest = {} %}
{% for name in line %}{% for status in ['proposed', 'in_force'] if if_adopted or status == 'in_force' %}
    {% for row in rows if row.preset == name and row.status == status %}
        {% do nearest.setdefault(row.dimension, (name, status)) %}
    {% endfor %}
{% endfor %}{% endfor %}
{% set criteria = {} %}
{% for row in rows if nearest.get(row.dimension) == (row.preset, row.status) %}
    {% do criteria.setdefault(row.dimension, []).append(row) %}
{% endfor %}
{{ return(criteria) }}
{% endmacro %}
