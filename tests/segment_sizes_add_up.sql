-- two roads to one number: the sizes of a dimension sum to the customers known by then, its revenue to the orders'
with sizes as (
    select
        as_of_date,
        dimension,
        sum(customers) as customers,
        sum(net_revenue) as net_revenue
    from {{ ref('segment_sizes') }}
    where {{ is_judged_now() }}
    group by as_of_date, dimension
),

known as (
    select
        as_of_date,
        count(*) as customers
    from {{ ref('customer_measures') }}
    where {{ is_judged_now() }}
        and as_of_date in (select dates.as_of_date from {{ ref('as_of_dates') }} as dates where dates.is_reported)
    group by as_of_date
),

earned as (
    select
        dates.as_of_date,
        coalesce(sum(orders.net_amount), 0) as net_revenue
    from {{ ref('as_of_dates') }} as dates
    left join {{ ref('fct_orders') }} as orders on dates.as_of_date >= orders.order_date
    where dates.is_reported and {{ is_judged_now('dates.as_of_date') }}
    group by dates.as_of_date
)

select
    sizes.*,
    known.customers as known_customers,
    earned.net_revenue as earned_net_revenue
from sizes
left join known on sizes.as_of_date = known.as_of_date
left join earned on sizes.as_of_date = earned.as_of_date
where sizes.customers <> coalesce(known.customers, 0) or sizes.net_revenue is distinct from earned.net_revenue
