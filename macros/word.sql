{# A word as the rule files spell it: lower case, joined by underscores. #}
{% macro word(column) %}replace(replace(lower({{ column }}), ' ', '_'), '-', '_'){% endmacro %}
