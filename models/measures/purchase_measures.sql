{{ config(materialized=incremental_where_possible()) }}
-- A customer's orders as seen from each as-of date: the running sums of the last change on or before it. A daily run
-- goes on from those of the last frozen date.
{% set frozen = last_frozen_date() %}
{% set names = ['orders', 'purchase_days', 'online_orders', 'offline_orders', 'recent_orders', 'trend_orders',
    'earlier_orders'] %}
{% set amounts = ['order_value', 'spend', 'recent_spend'] %}
{% set columns = ['first_order_date', 'last_order_date', 'last_gap_days', 'first_day_value'] + names + amounts %}
with changes as (
    select
        customer_id,
        changed_on,
        {{ columns | join(',\n        ') }}
    from {{ ref('purchase_changes') }}
    where {{ of_these_customers('customer_id') }}
    {% if frozen %}
    union all
    select
        customer_id,
        as_of_date as changed_on,
        {{ columns | join(',\n        ') }}
    from {{ this }}
    where as_of_date = {{ frozen }} and {{ of_these_customers('customer_id') }}
    {% endif %}
),

spaced as (
    select
        *,
        -- the last order of a frozen date is not among the changes: the gap after it is known only here
        max(last_order_date) over (
            partition by customer_id order by changed_on rows between unbounded preceding and 1 preceding
        ) as order_date_before
    from changes
),

running as (
    select
        customer_id,
        changed_on,
        lead(changed_on) over (partition by customer_id order by changed_on) as next_changed_on,
        min(first_order_date) over so_far as first_order_date,
        max(last_order_date) over so_far as last_order_date,
        -- the gap before the last order belongs to the month of that order
        max_by(
            coalesce(last_gap_days, cast({{ dbt.datediff('order_date_before', 'last_order_date', 'day') }} as bigint)),
            last_order_date
        ) over so_far as last_gap_days,
        cast(min_by(first_day_value, first_order_date) over so_far as decimal(18, 2)) as first_day_value,
        {% for name in names %}
        cast(sum({{ name }}) over so_far as bigint) as {{ name }},
        {% endfor %}
        {% for name in amounts %}
        cast(sum({{ name }}) over so_far as decimal(18, 2)) as {{ name }}{{ ',' if not loop.last }}
        {% endfor %}
    from spaced
    window so_far as (partition by customer_id order by changed_on rows between unbounded preceding and current row)
)

select
    running.*,
    dates.as_of_date,
    cast({{ dbt.datediff('running.last_order_date', 'dates.as_of_date', 'day') }} as bigint) as recency_days,
    cast({{ dbt.datediff('running.first_order_date', 'dates.as_of_date', 'day') }} as bigint) as tenure_days
from running
inner join {{ ref('as_of_dates') }} as dates
    on dates.as_of_date >= running.changed_on
    and (dates.as_of_date < running.next_changed_on or running.next_changed_on is null)
where {{ is_judged_now('dates.as_of_date') }}
