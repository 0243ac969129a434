{# A name as text that sorts as people count: export_9 before export_10. #}
{% macro natural_order(name) %}{{ return(adapter.dispatch('natural_order')(name)) }}{% endmacro %}

{% macro duckdb__natural_order(name) -%}
array_to_string(list_transform(regexp_extract_all({{ name }}, '[0-9]+|[^0-9]+'), lambda part:
            case when regexp_full_match(part, '[0-9]{1,20}') then lpad(part, 20, '0') else part end), '')
{%- endmacro %}

{% macro spark__natural_order(name) -%}
array_join(transform(regexp_extract_all({{ name }}, '([0-9]+|[^0-9]+)', 1), part ->
            case when part rlike '^[0-9]{1,20}$' then lpad(part, 20, '0') else part end), '')
{%- endmacro %}
