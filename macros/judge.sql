{#
    The criteria of one dimension as a CASE over measures: the rules in their order, the first that holds wins, all
    lines of a rule must hold. Criteria judge the as-of dates of their validity. No rule: unknown.
#}
{% macro judge(dimension, preset=none) %}
{% set preset = preset or var('preset') %}
{% set rows = rule_rows('criteria',
    'rule, class, measure, at_least, below, equals, valid_from, valid_to',
    "preset = '" ~ preset ~ "' and dimension = '" ~ dimension ~ "'",
    'valid_from nulls first, rule, class, measure') %}
{% if execute and not rows %}
    {{ exceptions.raise_compiler_error("criteria.csv has no row for dimension '" ~ dimension ~ "' in preset '" ~ preset ~ "'") }}
{% endif %}
case
        {% for (valid_from, valid_to, rule, class), lines in group_rows(rows) %}
            when {% for line in lines -%}
            {{ ' and ' if not loop.first }}{{ condition(line) }}
            {%- endfor %}
            {%- if valid_from %} and as_of_date >= date '{{ valid_from }}'{% endif %}
            {%- if valid_to %} and as_of_date < date '{{ valid_to }}'{% endif %} then '{{ class }}'
        {% endfor %}
            else 'unknown'
        end
{%- endmacro %}


{% macro group_rows(rows) %}
{% set groups = {} %}
{% for row in rows %}
    {% do groups.setdefault((row.valid_from, row.valid_to, row.rule, row.class), []).append(row) %}
{% endfor %}
{{ return(groups.items() | list) }}
{% endmacro %}


{% macro condition(line) -%}
{% if line.equals is not none %}{{ line.measure }} = '{{ line.equals | replace("'", "''") }}'
{%- else %}
{%- if line.at_least is not none %}{{ line.measure }} >= {{ line.at_least }}{% endif %}
{%- if line.at_least is not none and line.below is not none %} and {% endif %}
{%- if line.below is not none %}{{ line.measure }} < {{ line.below }}{% endif %}
{%- endif %}
{%- endmacro %}
