{# The criteria in force of each class as a sentence, written from the criteria themselves. #}
{% macro criteria_in_words() %}
{% set codes = {} %}
{% for row in rule_rows('rfm_grid', 'rfm_score, ' ~ word('segment') ~ ' as class', "taxonomy = 'standard_11'", 'rfm_score desc') %}
    {% do codes.setdefault(row.class, []).append(row.rfm_score) %}
{% endfor %}
case
    {% for (dimension, class), sentence in sentences(criteria_of(var('preset'))).items() %}
        when classes.dimension = '{{ dimension }}' and class = '{{ class }}' then '{{ sentence }}'
    {% endfor %}
        when classes.dimension = 'rfm_segment' and class = 'prospect' then 'no order'
    {% for class, scores in codes.items() %}
        when classes.dimension = 'rfm_segment' and class = '{{ class }}' then 'rfm_score {{ scores | join(", ") }}'
    {% endfor %}
        when class = 'unknown' then 'nothing to judge by'
    end
{%- endmacro %}


{# {(dimension, class): sentence} of what criteria_of() gave; an apostrophe is doubled, as SQL wants it. #}
{% macro sentences(criteria) %}
{% set words = {} %}
{% for rows in criteria.values() %}{% for row in rows %}
    {% set rule = 'rule ' ~ row.rule ~ ': ' %}
    {% set validity = (' from ' ~ row.valid_from if row.valid_from else '') ~ (' until ' ~ row.valid_to if row.valid_to else '') %}
    {% do words.setdefault((row.dimension, row.class), {}).setdefault((rule, validity), []).append(condition_in_words(row) | trim) %}
{% endfor %}{% endfor %}
{% set written = {} %}
{% for key, rules in words.items() %}
    {% set parts = [] %}
    {% for (rule, validity), lines in rules.items() %}{% do parts.append(rule ~ lines | join(', ') ~ validity) %}{% endfor %}
    {% do written.update({key: parts | join('; or ')}) %}
{% endfor %}
{{ return(written) }}
{% endmacro %}


{% macro condition_in_words(line) -%}
{{ line.measure }}
{%- if line.equals is none and line.at_least is none and line.below is none %} known{% endif %}
{%- if line.equals is not none %} is {{ line.equals | replace("'", "''") }}{% endif %}
{%- if line.at_least is not none %} at least {{ '%g' % line.at_least }}{% endif %}
{%- if line.at_least is not none and line.below is not none %} and{% endif %}
{%- if line.below is not none %} below {{ '%g' % line.below }}{% endif %}
{%- endmacro %}
