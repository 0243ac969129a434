{# An amount in the reporting currency, to the cent. Most orders are in it already: wide decimals are left to the others. #}
{% macro converted(amount) -%}
case when rate = 1 then cast({{ amount }} as decimal(18, 2)) else cast(round({{ amount }} * rate, 2) as decimal(18, 2)) end
{%- endmacro %}
