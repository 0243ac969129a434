{# Relative scores get new cut-points when the data reach certain ages and enough customers: see dbt_project.yml. #}
{% macro is_calibration() %}
{% set last_young = var('calibrate_after_months') | max -%}
is_month_end and customers >= {{ var('calibrate_customers') }} and (
            age_months in ({{ var('calibrate_after_months') | join(', ') }})
            or (age_months > {{ last_young }} and (age_months - {{ last_young }}) % {{ var('recalibrate_months') }} = 0)
        )
{%- endmacro %}
