{# The raw row as one value (kept cheap until it is known to be rejected), without personal data. #}
{% macro raw_row(columns) %}
{% set hidden = not var('show_personal_data') -%}
{% set values = {} -%}
{% for column in columns %}
{% set is_hidden = column.config.meta.personal and hidden %}
{% do values.update({column.name: 'case when ' ~ column.name ~ " is not null then '(hidden)' end"
    if is_hidden else 'cast(' ~ column.name ~ ' as string)'}) %}
{% endfor %}
{{- return(adapter.dispatch('packed')(values)) }}
{% endmacro %}

{% macro duckdb__packed(values) -%}
struct_pack({% for name, value in values.items() %}{{ name }} := {{ value }}{{ ', ' if not loop.last }}{% endfor %})
{%- endmacro %}

{% macro spark__packed(values) -%}
struct({% for name, value in values.items() %}{{ value }} as {{ name }}{{ ', ' if not loop.last }}{% endfor %})
{%- endmacro %}

{# That value as text (JSON). #}
{% macro row_text(raw_row) %}{{ return(adapter.dispatch('row_text')(raw_row)) }}{% endmacro %}

{% macro duckdb__row_text(raw_row) %}cast(to_json({{ raw_row }}) as string){% endmacro %}

{% macro spark__row_text(raw_row) %}to_json({{ raw_row }}, map('ignoreNullFields', 'false')){% endmacro %}
