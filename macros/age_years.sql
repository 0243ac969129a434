{# Full years between a day of birth and another day; null where nobody can be that old. #}
{% macro age_years(birth_date, day) %}
{% set month_day = 'extract(month from {0}) * 100 + extract(day from {0})' %}
{% set years -%}
cast(
        extract(year from {{ day }}) - extract(year from {{ birth_date }})
        - case when {{ month_day.format(day) }} < {{ month_day.format(birth_date) }} then 1 else 0 end as bigint
    )
{%- endset %}
case when {{ years }} between 0 and 120 then {{ years }} end
{%- endmacro %}
