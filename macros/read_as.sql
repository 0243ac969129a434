{# A raw value as its type in the contract; null when it cannot be read. #}
{% macro read_as(column, data_type) %}
    {%- if data_type == 'string' -%} cast({{ column }} as string)
    {%- elif data_type == 'timestamp' -%} {{ local_time(column) }}
    {%- elif data_type == 'date' -%} cast({{ local_time(column) }} as date)
    {%- else -%} try_cast({{ column }} as {{ data_type }})
    {%- endif -%}
{% endmacro %}
