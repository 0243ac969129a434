{#
    A point in time on the clock of `timezone`: a text with an offset is moved there, one without is there already.
    Read are 2025-03-01, 2025/3/1, 2025-03-01 10:00, 2025-03-01T10:00:00.123456, and a time with seconds followed by
    Z, UTC, +02, +0200 or +02:00; all else, words such as 'epoch' or 'infinity' among them, is no time.
#}
{% macro local_time(column) -%}
{% set text = "replace(cast(" ~ column ~ " as string), '/', '-')" %}
{% set date = '[1-9][0-9]{3}-[0-9]{1,2}-[0-9]{1,2}' %}
{% set minute = '[ T]([01]?[0-9]|2[0-3]):[0-5][0-9]' %}
{% set second = ':[0-5][0-9]([.][0-9]{1,9})?' %}
{% set offset = ' ?(Z|UTC|[+-](0[0-9]|1[0-4])(:?[0-5][0-9])?)' %}
{% set compact = "replace(replace(replace(replace(" ~ text ~ ", 'UTC', 'Z'), ' Z', 'Z'), ' +', '+'), ' -', '-')" -%}
case
            when regexp_extract({{ text }}, '^{{ date }}({{ minute }}({{ second }})?)?$', 0) <> '' then try_cast({{ text }} as timestamp)
            when regexp_extract({{ text }}, '^{{ date }}{{ minute }}{{ second }}{{ offset }}$', 0) <> ''
                then {{ adapter.dispatch('moved_to_timezone')(compact) }}
        end
{%- endmacro %}

{% macro duckdb__moved_to_timezone(text) %}try_cast({{ text }} as timestamptz) at time zone '{{ var("timezone") }}'{% endmacro %}

{% macro spark__moved_to_timezone(text) %}from_utc_timestamp(try_cast({{ text }} as timestamp), '{{ var("timezone") }}'){% endmacro %}
