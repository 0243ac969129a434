{# The criteria of each class as a sentence, written from the criteria themselves; null where a code is looked up. #}
{% macro criteria_in_words() %}
{% set rows = rule_rows('criteria', 'dimension, rule, class, measure, at_least, below, equals, valid_from, valid_to',
    "preset = '" ~ var('preset') ~ "' and valid_to is null", 'dimension, rule, class, measure') %}
{% set words = {} %}
{% for row in rows %}
    {% do words.setdefault((row.dimension, row.class), {}).setdefault(row.rule, []).append(condition(row) | trim) %}
{% endfor %}
case
    {% for (dimension, class), rules in words.items() %}
        when dimension = '{{ dimension }}' and class = '{{ class }}'
            then 'rule {{ rules.keys() | list | first }}:
            {%- for lines in rules.values() %} {{ lines | join(" and ") | replace("'", "''") }}{{ ", or" if not loop.last }}{% endfor %}'
    {% endfor %}
        when dimension = 'rfm_segment' and class = 'prospect' then 'no order'
        when dimension = 'rfm_segment' then 'the codes of rfm_grid.csv'
        when class = 'unknown' then 'nothing to judge by'
    end
{%- endmacro %}
