{#
    The classes as one enumerated type on DuckDB: a byte each instead of a text, which makes tables of dimensions an
    eighth and joins of them cheap. Named after its words, so that a new word is a new type. Other engines keep texts;
    so do unit tests, which run before the type is there.
#}
{% macro class_words() %}
{% set words = ['unknown', 'prospect'] %}
{% for query in [
    'select class from ' ~ table_of('criteria'), 'select class from ' ~ table_of('overrides'),
    'select ' ~ word('segment') ~ ' from ' ~ table_of('rfm_grid') ~ " where taxonomy = 'standard_11'"
] %}
    {% do words.extend(run_query(query).columns[0].values() | reject('none')) %}
{% endfor %}
{{ return(words | unique | sort) }}
{% endmacro %}


{% macro class_type() %}
{% if not execute or target.type != 'duckdb' or model.resource_type == 'unit_test' %}{{ return(none) }}{% endif %}
{{ return('class_words_' ~ local_md5(class_words() | join(' '))[:8]) }}
{% endmacro %}


{# Before the table that needs it. #}
{% macro make_class_type() %}
{% if class_type() %}
create type if not exists {{ class_type() }} as enum (
    {% for word in class_words() %}'{{ word | replace("'", "''") }}'{{ ', ' if not loop.last }}{% endfor %}
)
{% endif %}
{% endmacro %}


{# After `select *`: these columns as the type. #}
{% macro as_class_words(columns) -%}
{% set type = class_type() -%}
{% if type %}replace (
    {% for column in columns %}cast({{ column }} as {{ type }}) as {{ column }}{{ ', ' if not loop.last }}{% endfor %}
){% endif %}
{%- endmacro %}
