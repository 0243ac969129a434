{#
    The measures that are whole numbers, by the type of their column in latest_classes, read while compiling.
    Not by ref(), for the reason given in rule_rows; the caller says `-- depends_on: {{ ref('latest_classes') }}`.
#}
{% macro whole_measures() %}
{% set whole = [] %}
{% if execute %}
{% set columns = adapter.get_columns_in_relation(table_of('latest_classes')) %}
{% for column in columns if column.data_type | lower in ['int', 'integer', 'bigint', 'hugeint'] %}
    {% do whole.append(column.name) %}
{% endfor %}
{% endif %}
{{ return(whole) }}
{% endmacro %}
