-- What each customer ordered in each month, as far as it is known on the latest as-of date.
select
    orders.customer_id,
    {{ month_number('orders.order_date') }} as month_number,
    count(*) filter (where orders.is_valid) as orders,
    cast(sum(orders.net_amount) as decimal(18, 2)) as net_revenue,
    cast(sum(coalesce(traits.costed_orders, 0)) as bigint) as costed_orders,
    cast(sum(coalesce(traits.costed_cents, 0)) as bigint) as costed_cents,
    cast(sum(coalesce(traits.profit_cents, 0)) as bigint) as profit_cents
from {{ ref('fct_orders') }} as orders
inner join {{ ref('as_of_dates') }} as dates on dates.is_latest and orders.order_date <= dates.as_of_date
left join {{ ref('order_traits') }} as traits on orders.order_id = traits.order_id
group by orders.customer_id, {{ month_number('orders.order_date') }}
