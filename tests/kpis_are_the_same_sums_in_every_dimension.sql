-- whichever way the customers are divided, together they are those known at both ends of the period, and they bought
-- what fct_orders has of them; no part is larger than its whole
with sums as (
    select
        as_of_date,
        dimension,
        sum(customers) as customers,
        sum(orders) as orders,
        sum(net_revenue) as net_revenue
    from {{ ref('segment_kpis') }}
    where {{ is_judged_now() }}
    group by as_of_date, dimension
),

-- first a row per customer: to count many customers apart takes memory that cannot go to disk
spent as (
    select
        periods.as_of_date,
        orders.customer_id,
        count(*) filter (where orders.is_valid) as orders,
        sum(orders.net_amount) as net_revenue
    from {{ ref('periods') }} as periods
    inner join {{ ref('fct_orders') }} as orders
        on orders.order_date > periods.from_date and orders.order_date <= periods.as_of_date
    where {{ is_judged_now('periods.as_of_date') }}
    group by periods.as_of_date, orders.customer_id
),

bought as (
    select
        periods.as_of_date,
        count(*) as customers,
        coalesce(sum(spent.orders), 0) as orders,
        coalesce(sum(spent.net_revenue), 0) as net_revenue
    from {{ ref('periods') }} as periods
    inner join {{ ref('customer_classes') }} as later on periods.as_of_date = later.as_of_date
    inner join {{ ref('customer_classes') }} as earlier
        on periods.from_date = earlier.as_of_date and later.customer_id = earlier.customer_id
    left join spent on later.customer_id = spent.customer_id and periods.as_of_date = spent.as_of_date
    where {{ is_judged_now('periods.as_of_date') }}
    group by periods.as_of_date
)

select
    sums.as_of_date,
    sums.dimension,
    'sums differ' as fault
from sums
left join bought on sums.as_of_date = bought.as_of_date
where sums.customers <> coalesce(bought.customers, 0) or sums.orders <> coalesce(bought.orders, 0)
    or sums.net_revenue <> coalesce(bought.net_revenue, 0)
union all
select
    as_of_date,
    dimension || '.' || class as dimension,
    'a part is larger than its whole' as fault
from {{ ref('segment_kpis') }}
where converted_prospects > prospects or retained_customers > active_customers or churned_customers > current_customers
    or loyal_customers > judged_loyalty or promoters + detractors > recommendation_answers
    or greatest(prospects, active_customers, current_customers, buyers, judged_loyalty) > customers
    or prospects + current_customers > customers or buyers > orders
