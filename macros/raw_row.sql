{# The raw row as one value, without personal data; what came typed stays so until the row is known to be rejected. #}
{% macro raw_row(columns) %}
{% set hidden = not var('show_personal_data') -%}
{% set values = {} -%}
{% for column in columns %}
{% set is_hidden = column.config.meta.personal and hidden %}
{% do values.update({column.name: 'case when ' ~ column.name ~ " is not null then '(hidden)' end"
    if is_hidden else column.name}) %}
{% endfor %}
{{- return(adapter.dispatch('packed')(values)) }}
{% endmacro %}

{% macro duckdb__packed(values) -%}
struct_pack({% for name, value in values.items() %}{{ name }} := {{ value }}{{ ', ' if not loop.last }}{% endfor %})
{%- endmacro %}

{% macro spark__packed(values) -%}
struct({% for name, value in values.items() %}{{ value }} as {{ name }}{{ ', ' if not loop.last }}{% endfor %})
{%- endmacro %}

{# That value as text (JSON), each column as it is written. #}
{% macro row_text(raw_row, columns) %}
{% set values = {} -%}
{% for column in columns %}{% do values.update({column.name: 'cast(' ~ raw_row ~ '.' ~ column.name ~ ' as string)'}) %}{% endfor %}
{{- return(adapter.dispatch('json_text')(adapter.dispatch('packed')(values))) }}
{% endmacro %}

{% macro duckdb__json_text(row) %}cast(to_json({{ row }}) as string){% endmacro %}

{% macro spark__json_text(row) %}to_json({{ row }}, map('ignoreNullFields', 'false')){% endmacro %}
