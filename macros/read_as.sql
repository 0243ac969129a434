{# A raw value as its type in the contract; null when it cannot be read. #}
{% macro read_as(column, data_type) %}
    {%- if data_type == 'string' -%} cast({{ column }} as string)
    {%- elif data_type == 'timestamp' -%} {{ local_time(column) }}
    {%- elif data_type == 'date' -%} cast({{ local_time(column) }} as date)
    {%- elif data_type == 'boolean' -%} try_cast({{ column }} as boolean)
    {#- 1e400 is a number, but none that can be counted with -#}
    {%- elif data_type == 'double' -%}
        nullif(nullif(try_cast({{ plain_number(column) }} as double), cast('infinity' as double)), cast('-infinity' as double))
    {#- 12.0 and 1e3 are whole numbers too -#}
    {%- elif data_type == 'bigint' -%} try_cast(round(try_cast({{ plain_number(column) }} as decimal(38, 9)), 0) as bigint)
    {%- else -%} try_cast({{ plain_number(column) }} as {{ data_type }})
    {%- endif -%}
{% endmacro %}


{# The value unless the engine would take for a number what people do not: 1_000, 5d, nan, full-width digits. #}
{% macro plain_number(column) %}{{ return(adapter.dispatch('plain_number')(column)) }}{% endmacro %}

{% macro duckdb__plain_number(column) -%}
case when not contains(cast({{ column }} as string), '_') and not contains(lower(cast({{ column }} as string)), 'n') then {{ column }} end
{%- endmacro %}

{% macro spark__plain_number(column) -%}
case when cast({{ column }} as string) rlike '^[-+0-9.eE]+$' then {{ column }} end
{%- endmacro %}
