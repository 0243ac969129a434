{#
    Common table expressions that end in `as_of`: numbers about the events of a customer as seen from each as-of date.
    An event counts on its day and, where a number looks back over recent_days only, is taken off again on the day it
    leaves that window; changes are gathered at the dates, so a month in which nothing happens costs nothing. A daily run
    goes on from the sums of the last frozen date: the model keeps every column of `as_of`.

    events: relation with customer_id, event_date and whole numbers (money in cents) to be summed
    recent: columns summed over the last recent_days;  ever: columns summed since the beginning
    latest: columns of which the value of the last event that has one is wanted; one event per customer and day
#}
{% macro sums_as_of(events, recent=[], ever=[], latest=[]) %}
{{ config(materialized=incremental_where_possible()) }}
{% set frozen = last_frozen_date() %}
-- what happens on a day, and is taken off the recent numbers again
effects as (
    select 1 as sign, 1 as in_all, 0 as after_days
    {% if recent %}
    union all
    select -1 as sign, 0 as in_all, {{ var('recent_days') }} as after_days
    {% endif %}
),

changes as (
    select
        events.customer_id,
        case when effects.in_all = 1 then events.event_date end as happened_on,
        cast({{ dbt.dateadd('day', 'effects.after_days', 'events.event_date') }} as date) as changed_on,
        {% for name in latest %}
        case when effects.in_all = 1 then events.{{ name }} end as {{ name }},
        {% endfor %}
        {% for name in recent %}
        effects.sign * events.{{ name }} as {{ name }},
        {% endfor %}
        {% for name in ever %}
        effects.in_all * events.{{ name }} as {{ name }},
        {% endfor %}
        effects.in_all
    from {{ events }} as events
    cross join effects
    where {{ of_these_customers('events.customer_id') }}
        {%- if frozen %} and event_date + effects.after_days > {{ frozen }}{% endif %}
),

gathered as (
    select
        changes.customer_id,
        least(cast({{ dbt.last_day('changes.changed_on', 'month') }} as date), dates.as_of_date) as changed_on,
        max(changes.happened_on) as last_event_date,
        {% for name in latest %}
        max_by(changes.{{ name }}, changes.happened_on) filter (where changes.{{ name }} is not null) as {{ name }},
        max(changes.happened_on) filter (where changes.{{ name }} is not null) as {{ name }}_on,
        {% endfor %}
        {% for name in recent + ever %}
        cast(sum(changes.{{ name }}) as bigint) as {{ name }}{{ ',' if not loop.last }}
        {% endfor %}
    from changes
    inner join {{ ref('as_of_dates') }} as dates on dates.is_latest and changes.changed_on <= dates.as_of_date
    group by 1, 2
    {% if frozen %}
    union all
    select
        customer_id,
        as_of_date as changed_on,
        last_event_date,
        {% for name in latest %}
        {{ name }},
        {{ name }}_on,
        {% endfor %}
        {% for name in recent + ever %}
        {{ name }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ this }}
    where as_of_date = {{ frozen }} and {{ of_these_customers('customer_id') }}
    {% endif %}
),

running as (
    select
        customer_id,
        changed_on,
        lead(changed_on) over (partition by customer_id order by changed_on) as next_changed_on,
        max(last_event_date) over so_far as last_event_date,
        {% for name in latest %}
        max_by({{ name }}, {{ name }}_on) over so_far as {{ name }},
        max({{ name }}_on) over so_far as {{ name }}_on,
        {% endfor %}
        {% for name in recent + ever %}
        cast(sum({{ name }}) over so_far as bigint) as {{ name }}{{ ',' if not loop.last }}
        {% endfor %}
    from gathered
    window so_far as (partition by customer_id order by changed_on rows between unbounded preceding and current row)
),

as_of as (
    select
        running.customer_id,
        dates.as_of_date,
        running.last_event_date,
        {% for name in latest %}
        running.{{ name }},
        running.{{ name }}_on,
        {% endfor %}
        {% for name in recent + ever %}
        running.{{ name }}{{ ',' if not loop.last }}
        {% endfor %}
    from running
    inner join {{ ref('as_of_dates') }} as dates
        on dates.as_of_date >= running.changed_on
        and (dates.as_of_date < running.next_changed_on or running.next_changed_on is null)
    where {{ is_judged_now('dates.as_of_date') }}
)
{% endmacro %}
