{# A raw value as its type in the contract; null when it cannot be read. came: its type in the file, if it has one. #}
{% macro read_as(column, data_type, came=none) %}
    {%- set number = column if (came or '').startswith('DECIMAL') or came in ['BIGINT', 'INTEGER']
        else 'cast(null as string)' if came == 'BOOLEAN' else plain_number(column) -%}
    {%- if data_type in ['timestamp', 'date'] and came in ['TIMESTAMP', 'DATE'] -%}
        case when try_cast({{ column }} as timestamp) between '1000-01-01' and '9999-12-31 23:59:59.999999'
            then cast({{ column }} as {{ data_type }}) end
    {%- elif data_type == 'string' -%} cast({{ column }} as string)
    {%- elif data_type == 'timestamp' -%} {{ local_time(column) }}
    {%- elif data_type == 'date' -%} cast({{ local_time(column) }} as date)
    {%- elif data_type == 'boolean' -%} try_cast({{ column }} as boolean)
    {#- 1e400 is a number, but none that can be counted with -#}
    {%- elif data_type == 'double' -%}
        nullif(nullif(try_cast({{ number }} as double), cast('infinity' as double)), cast('-infinity' as double))
    {#- 12.0 and 1e3 are whole numbers too -#}
    {%- elif data_type == 'bigint' -%} try_cast(round(try_cast({{ number }} as decimal(38, 9)), 0) as bigint)
    {%- else -%} try_cast({{ number }} as {{ data_type }})
    {%- endif -%}
{% endmacro %}


{# The value unless the engine would take for a number what people do not: 1_000, 5d, nan, full-width digits, true. #}
{% macro plain_number(column) %}{{ return(adapter.dispatch('plain_number')(column)) }}{% endmacro %}

{% macro duckdb__plain_number(column) -%}
case when not contains(cast({{ column }} as string), '_') and not contains(lower(cast({{ column }} as string)), 'n') then {{ column }} end
{%- endmacro %}

{% macro spark__plain_number(column) -%}
case when cast({{ column }} as string) rlike '^[-+0-9.eE]+$' then {{ column }} end
{%- endmacro %}


{# The types of the columns as they came, which only a typed file has; a unit test reads text. #}
{% macro types_in(relation) %}
{% set types = {} %}
{% if execute and target.type == 'duckdb' and model.resource_type != 'unit_test' %}
{% for column in adapter.get_columns_in_relation(relation) %}{% do types.update({column.name: column.dtype}) %}{% endfor %}
{% endif %}
{{ return(types) }}
{% endmacro %}
