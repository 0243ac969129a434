{# A month as a whole number, so that two months are as far apart as their numbers; a datediff of months counts days on some engines. #}
{% macro month_number(column) -%}
cast(12 * extract(year from {{ column }}) + extract(month from {{ column }}) as bigint)
{%- endmacro %}
