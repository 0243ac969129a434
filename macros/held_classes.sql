{#
    Dimensions with a minimum dwell: a new class counts once it has been judged on `dwell_dates` as-of dates in a row,
    until then the customer keeps the one he held. Only a history with a fixed beginning says what he held.
#}
{% macro dwelling_dimensions() %}
{% set dwelling = {} %}
{% for dimension, dates in var('dwell_dates').items() if dates > 1 %}{% do dwelling.update({dimension: dates}) %}{% endfor %}
{% set known = rule_rows('dimensions', 'dimension') | map(attribute='dimension') | list %}
{% for dimension in dwelling if execute and dimension not in known %}
    {{ exceptions.raise_compiler_error('STOPPED: dwell_dates names ' ~ dimension ~ ', which is no dimension of dimensions.csv') }}
{% endfor %}
{% if dwelling and not var('history_from') %}
    {{ exceptions.raise_compiler_error('STOPPED: dwell_dates needs history_from, a first date that stays: '
        ~ 'what was held before a history that moves on would be forgotten') }}
{% endif %}
{{ return(dwelling) }}
{% endmacro %}


{# Common table expressions that end in `held`; a daily run goes on from what was held on the last frozen dates. #}
{% macro held_classes(dwelling) %}
{% set frozen = last_frozen_date() -%}
answers as (
    select
        customer_id,
        as_of_date
        {%- for dimension in dwelling %},
        {{ dimension }}_judged,
        cast(null as string) as {{ dimension }}_before
        {%- endfor %}
    from judged
    {% if frozen %}
    union all
    select
        customer_id,
        as_of_date
        {%- for dimension in dwelling %},
        {{ dimension }}_judged,
        {{ dimension }}_held as {{ dimension }}_before
        {%- endfor %}
    from {{ this }}
    where as_of_date in (
        select as_of_date from {{ table_of('as_of_dates') }} where is_frozen order by as_of_date desc limit {{ dwelling.values() | max }}
    )
    {% endif %}
),

confirmed as (
    select
        customer_id,
        as_of_date
        {%- for dimension, dates in dwelling.items() %}
        {%- set last_dates = '(partition by customer_id order by as_of_date rows between ' ~ (dates - 1) ~ ' preceding and current row)' %},
        case
            when {{ dimension }}_before is not null then {{ dimension }}_before
            when row_number() over (partition by customer_id order by as_of_date) = 1 then {{ dimension }}_judged
            when count(*) over {{ last_dates }} = {{ dates }}
                and min({{ dimension }}_judged) over {{ last_dates }} = max({{ dimension }}_judged) over {{ last_dates }}
                then {{ dimension }}_judged
        end as {{ dimension }}_confirmed
        {%- endfor %}
    from answers
),

held as (
    select
        customer_id,
        as_of_date
        {%- for dimension in dwelling %},
        max_by({{ dimension }}_confirmed, case when {{ dimension }}_confirmed is not null then as_of_date end) over (
            partition by customer_id order by as_of_date rows between unbounded preceding and current row
        ) as {{ dimension }}_held
        {%- endfor %}
    from confirmed
)
{%- endmacro %}
