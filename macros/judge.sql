{#
    The criteria of one dimension as a CASE over measures: the rules in their order, the first that holds wins, all
    lines of a rule must hold. Criteria judge the as-of dates of their validity. No rule: unknown.

    criteria: what criteria_of() gave, where many dimensions are judged at once
    answer:   class, or rule for the number of the rule that held
#}
{% macro judge(dimension, criteria=none, answer='class', otherwise="'unknown'") %}
{% set criteria = criteria_of(var('preset')) if criteria is none else criteria %}
{% if execute and not criteria.get(dimension) %}
    {{ exceptions.raise_compiler_error("criteria.csv has no row for dimension '" ~ dimension ~ "' in preset '" ~ var('preset') ~ "'") }}
{% endif %}
case
        {% for (valid_from, valid_to, rule, class), lines in group_rows(criteria.get(dimension, [])) %}
            when {% for line in lines -%}
            {{ ' and ' if not loop.first }}{{ condition(line) }}
            {%- endfor %}
            {%- if valid_from %} and as_of_date >= date '{{ valid_from }}'{% endif %}
            {%- if valid_to %} and as_of_date < date '{{ valid_to }}'{% endif %} then {{ rule if answer == 'rule' else "'" ~ class ~ "'" }}
        {% endfor %}
            else {{ otherwise }}
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
{% if line.equals is none and line.at_least is none and line.below is none %}{{ line.measure }} is not null
{%- elif line.equals is not none %}{{ line.measure }} = '{{ line.equals | replace("'", "''") }}'
{%- else %}
{%- if line.at_least is not none %}{{ line.measure }} >= {{ edge(line.at_least) }}{% endif %}
{%- if line.at_least is not none and line.below is not none %} and {% endif %}
{%- if line.below is not none %}{{ line.measure }} < {{ edge(line.below) }}{% endif %}
{%- endif %}
{%- endmacro %}


{# 90 and not 90.0: a whole number beside a fraction would be made a wide decimal, row by row. #}
{% macro edge(number) %}{{ return(number | int if number == number | int else number) }}{% endmacro %}
