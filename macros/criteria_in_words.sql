{# The criteria of each class as a sentence, written from the criteria themselves. #}
{% macro criteria_in_words() %}
{% set words = {} %}
{% for rows in criteria_of(var('preset')).values() %}{% for row in rows %}
    {% set rule = (row.rule, row.valid_from, row.valid_to) %}
    {% do words.setdefault((row.dimension, row.class), {}).setdefault(rule, []).append(condition_in_words(row) | trim) %}
{% endfor %}{% endfor %}
{% set codes = {} %}
{% for row in rule_rows('rfm_grid', 'rfm_score, ' ~ word('segment') ~ ' as class', "taxonomy = 'standard_11'", 'rfm_score desc') %}
    {% do codes.setdefault(row.class, []).append(row.rfm_score) %}
{% endfor %}
case
    {% for (dimension, class), rules in words.items() %}
        when classes.dimension = '{{ dimension }}' and class = '{{ class }}'
            then '
            {%- for (rule, valid_from, valid_to), lines in rules.items() %}{{ "rule " ~ rule ~ ": " ~ lines | join(", ") }}
            {{- " from " ~ valid_from if valid_from }}{{ " until " ~ valid_to if valid_to }}{{ "; or " if not loop.last }}
            {%- endfor %}'
    {% endfor %}
        when classes.dimension = 'rfm_segment' and class = 'prospect' then 'no order'
    {% for class, scores in codes.items() %}
        when classes.dimension = 'rfm_segment' and class = '{{ class }}' then 'rfm_score {{ scores | join(", ") }}'
    {% endfor %}
        when class = 'unknown' then 'nothing to judge by'
    end
{%- endmacro %}


{% macro condition_in_words(line) -%}
{{ line.measure }}
{%- if line.equals is none and line.at_least is none and line.below is none %} known{% endif %}
{%- if line.equals is not none %} is {{ line.equals | replace("'", "''") }}{% endif %}
{%- if line.at_least is not none %} at least {{ '%g' % line.at_least }}{% endif %}
{%- if line.at_least is not none and line.below is not none %} and{% endif %}
{%- if line.below is not none %} below {{ '%g' % line.below }}{% endif %}
{%- endmacro %}
