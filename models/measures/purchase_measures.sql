-- A customer's orders as seen from each as-of date: the running sums of the last change on or before it.
{% set sums = ['orders', 'purchase_days', 'online_orders', 'offline_orders', 'recent_orders', 'trend_orders',
    'earlier_orders'] %}
{% set amounts = ['order_value', 'spend', 'recent_spend'] %}
with running as (
    select
        customer_id,
        changed_on,
        lead(changed_on) over (partition by customer_id order by changed_on) as next_changed_on,
        min(first_order_date) over so_far as first_order_date,
        max(last_order_date) over so_far as last_order_date,
        -- the gap before the last order belongs to the month of that order
        max_by(last_gap_days, last_order_date) over so_far as last_gap_days,
        {% for name in sums %}
        cast(sum({{ name }}) over so_far as bigint) as {{ name }},
        {% endfor %}
        {% for name in amounts %}
        cast(sum({{ name }}) over so_far as decimal(18, 2)) as {{ name }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('purchase_changes') }}
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
