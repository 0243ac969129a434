{#
    The largest of several sums of points by name (of equal ones the first named, null if all are zero), its share of
    all points, and how many signs that makes, at a thousand points each.
#}
{% macro winner(name, columns) %}
case greatest({{ columns.values() | join(', ') }})
        when 0 then null
        {% for answer, column in columns.items() %}
        when {{ column }} then '{{ answer }}'
        {% endfor %}
    end as {{ name }}_top,
    cast(greatest({{ columns.values() | join(', ') }}) as double) / nullif({{ columns.values() | join(' + ') }}, 0) as {{ name }}_share,
    cast({{ columns.values() | join(' + ') }} as double) / 1000 as {{ name }}_signals
{%- endmacro %}
