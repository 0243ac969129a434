{# A double rounded alike on every engine: ties such as 20.205 are decided on decimals, not on binary fractions near them. #}
{% macro rounded(expression, digits) -%}
cast(round(cast({{ expression }} as decimal(28, 10)), {{ digits }}) as double)
{%- endmacro %}
