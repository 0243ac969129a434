{# A value from outside as an SQL literal: text stays text whatever stands in it, none is null. #}
{% macro literal(value) %}
{% if value is none or value == '' %}{{ return('null') }}{% endif %}
{% if value is number or value is boolean %}{{ return(value | lower) }}{% endif %}
{{ return(adapter.dispatch('quoted_text')(value | string)) }}
{% endmacro %}

{% macro duckdb__quoted_text(text) %}{{ return("'" ~ text | replace("'", "''") ~ "'") }}{% endmacro %}

{% macro spark__quoted_text(text) %}{{ return("'" ~ text | replace('\\', '\\\\') | replace("'", "\\'") ~ "'") }}{% endmacro %}
