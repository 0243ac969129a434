{# A point in time on the clock of `timezone`: a text with an offset is moved there, one without is there already. #}
{% macro local_time(column) %}{{ return(adapter.dispatch('local_time')(column)) }}{% endmacro %}

{% macro duckdb__local_time(column) -%}
case
            -- words such as 'epoch' or 'infinity' are no time of an order
            when not regexp_matches(cast({{ column }} as string), '^[0-9]{4}') then null
            when regexp_matches(cast({{ column }} as string), ':[0-9]{2}([.][0-9]+)? *([Zz]|[+-][0-9]{2}(:?[0-9]{2})?)$')
                then try_cast({{ column }} as timestamptz) at time zone '{{ var("timezone") }}'
            else try_cast({{ column }} as timestamp)
        end
{%- endmacro %}
