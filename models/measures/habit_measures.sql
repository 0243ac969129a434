-- What a customer's orders said by each as-of date about earnings, timing, price and breadth.
{% set recent = ['costed_orders', 'costed_cents', 'profit_cents', 'active_months'] %}
{% set ever = ['habit_orders', 'promoted_orders', 'weekend_orders', 'season_orders', 'discount_cents', 'full_cents',
    'list_cents', 'premium_cents', 'categories'] %}
{% set sums = recent + ever %}
{% set month = 'extract(year from order_date), extract(month from order_date)' %}
with events as (
    select
        customer_id,
        order_date as event_date,
        {% for name in sums %}
        {{ 0 if name in ['active_months', 'categories'] else name }} as {{ name }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('order_facts') }}
    where {{ may_count_now('order_date') }}
    union all
    -- the first order of a month makes it a month with an order, and when that leaves the window the month does
    select
        customer_id,
        min(order_date) as event_date,
        {% for name in sums %}
        {{ 1 if name == 'active_months' else 0 }} as {{ name }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('order_facts') }}
    where is_valid and {{ may_count_now("cast(date_trunc('month', order_date) as date)", dbt.last_day('order_date', 'month')) }}
    group by customer_id, {{ month }}
    union all
    -- a category counts from the first order that has it
    select
        customer_id,
        first_date as event_date,
        {% for name in sums %}
        {{ 1 if name == 'categories' else 0 }} as {{ name }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('customer_categories') }}
),

{{ sums_as_of('events', recent=recent, ever=ever) }}

select
    *,
    case when costed_orders > 0 then cast(profit_cents / 100.0 as decimal(18, 2)) end as recent_profit,
    case when costed_orders > 0 and costed_cents > 0 then cast(profit_cents as double) / costed_cents end as profit_margin,
    cast(promoted_orders as double) / nullif(habit_orders, 0) as promoted_share,
    cast(weekend_orders as double) / nullif(habit_orders, 0) as weekend_share,
    cast(season_orders as double) / nullif(habit_orders, 0) as season_share,
    cast(discount_cents as double) / nullif(full_cents, 0) as discount_share,
    cast(premium_cents as double) / nullif(list_cents, 0) as premium_share
from as_of
