{#
    Many dimensions counted in one scan, by grouping sets: a row of the answer has the classes of the one dimension it counts,
    and null for the others. What has no class counts nowhere: the model leaves out the rows whose dimension is null.
    Which dimensions at once says scans_of().

    by:       the columns that every dimension is counted by
    prefixes: from_ and to_ where a customer has two classes
#}
{% macro by_dimension(dimensions, by, prefixes=['']) -%}
grouping sets (
    {%- for dimension in dimensions %}
    ({{ by | join(', ') }}{% for prefix in prefixes %}, {{ prefix }}{{ dimension }}{% endfor %}){{ ',' if not loop.last }}
    {%- endfor %}
)
{%- endmacro %}


{% macro counted_dimension(dimensions, prefixes=['']) -%}
case
        {%- for dimension in dimensions %}
        when {% for prefix in prefixes %}{{ prefix }}{{ dimension }} is not null{{ ' or ' if not loop.last }}{% endfor %}
            then '{{ dimension }}'
        {%- endfor %}
    end
{%- endmacro %}


{% macro counted_class(dimensions, prefix='') -%}
coalesce(
        {%- for dimension in dimensions %}
        cast({{ prefix }}{{ dimension }} as string){{ ',' if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}


{# Spark groups by 64 columns at most: there, the dimensions are counted ten by ten. #}
{% macro scans_of(dimensions) %}
{{ return(dimensions | batch(dimensions | length if target.type == 'duckdb' else 10) | list) }}
{% endmacro %}
