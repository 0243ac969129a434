{# A score as thousandths of the best possible one, so that sums are exact; null where it lies outside of its scale. #}
{% macro part_of_scale(score, scale_max) -%}
case
            when {{ score }} between 0 and {{ scale_max }} and {{ scale_max }} > 0
                then cast(round(1000 * {{ score }} / {{ scale_max }}, 0) as bigint)
        end
{%- endmacro %}
