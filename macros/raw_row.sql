{# The raw row as one value (kept cheap until it is known to be rejected), without personal data. #}
{% macro raw_row(columns) %}{{ return(adapter.dispatch('raw_row')(columns)) }}{% endmacro %}

{% macro duckdb__raw_row(columns) -%}
{% set hidden = not var('show_personal_data') -%}
struct_pack({% for column in columns %}{{ column.name }} :=
            {%- if column.config.meta.personal and hidden %} case when {{ column.name }} is not null then '(hidden)' end
            {%- else %} cast({{ column.name }} as string) {%- endif %}{{ ', ' if not loop.last }}{% endfor %})
{%- endmacro %}

{# That value as text (JSON). #}
{% macro row_text(raw_row) %}{{ return(adapter.dispatch('row_text')(raw_row)) }}{% endmacro %}

{% macro duckdb__row_text(raw_row) %}cast(to_json({{ raw_row }}) as string){% endmacro %}
