{{ config(materialized=incremental_where_possible(), day_column='month_end', dates_in='anything') }}
-- What each customer ordered in each month, as far as it is known on the latest as-of date.
select
    orders.customer_id,
    {{ month_number('orders.order_date') }} as month_number,
    cast({{ dbt.last_day('orders.order_date', 'month') }} as date) as month_end,
    count(*) filter (where orders.is_valid) as orders,
    cast(sum(orders.net_amount) as decimal(18, 2)) as net_revenue,
    cast(sum(orders.costed_orders) as bigint) as costed_orders,
    cast(sum(orders.costed_cents) as bigint) as costed_cents,
    cast(sum(orders.profit_cents) as bigint) as profit_cents
from {{ ref('order_facts') }} as orders
inner join {{ ref('as_of_dates') }} as dates on dates.is_latest and orders.order_date <= dates.as_of_date
where {{ is_judged_now('orders.order_date') }} and {{ of_these_customers('orders.customer_id') }}
group by 1, 2, 3
