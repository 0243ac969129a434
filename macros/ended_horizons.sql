{#
    The past dates whose horizon had ended by the latest date, with the day on which it did; in a daily run those that
    ended after the last frozen date. asked: which past dates.
#}
{% macro ended_horizons(asked='true') %}
{% set period_end = 'cast(' ~ dbt.dateadd('day', var('horizon_days'), 'past.as_of_date') ~ ' as date)' %}
select
        past.as_of_date,
        {{ period_end }} as period_end
    from {{ ref('as_of_dates') }} as past
    inner join {{ ref('as_of_dates') }} as latest
        on latest.is_latest and {{ period_end }} <= latest.as_of_date
    where {{ asked }} and {{ is_judged_now(period_end) }}
{% endmacro %}
