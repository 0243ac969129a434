-- To the cent, month by month: the orders of all cohorts and what was credited to people before their first order are the
-- orders of fct_orders. And every cohort has every month since, once.
with first_orders as (
    select
        orders.customer_id,
        {{ dbt.date_trunc('month', 'min(orders.order_date)') }} as cohort_month
    from {{ ref('fct_orders') }} as orders
    inner join {{ ref('as_of_dates') }} as dates on dates.is_latest and orders.order_date <= dates.as_of_date
    where orders.is_valid
    group by orders.customer_id
),

ledger as (
    select
        {{ dbt.date_trunc('month', 'orders.order_date') }} as order_month,
        count(*) filter (where orders.is_valid) as orders,
        sum(orders.net_amount) as net_revenue,
        coalesce(sum(orders.net_amount) filter (where not coalesce(first_orders.cohort_month <= orders.order_date, false)), 0)
            as before_any_order
    from {{ ref('fct_orders') }} as orders
    inner join {{ ref('as_of_dates') }} as dates on dates.is_latest and orders.order_date <= dates.as_of_date
    left join first_orders on orders.customer_id = first_orders.customer_id
    group by {{ dbt.date_trunc('month', 'orders.order_date') }}
),

cohorts as (
    select
        {{ dbt.date_trunc('month', 'as_of_date') }} as order_month,
        sum(orders) as orders,
        sum(net_revenue) as net_revenue
    from {{ ref('cohort_retention') }}
    group by {{ dbt.date_trunc('month', 'as_of_date') }}
)

select
    cast(coalesce(ledger.order_month, cohorts.order_month) as date) as order_month,
    'orders or revenue differ' as fault
from ledger
full outer join cohorts on ledger.order_month = cohorts.order_month
where coalesce(ledger.orders, 0) <> coalesce(cohorts.orders, 0)
    or coalesce(ledger.net_revenue, 0) <> coalesce(cohorts.net_revenue, 0) + coalesce(ledger.before_any_order, 0)
union all
select
    cohort_month as order_month,
    'a month is missing or there twice, or the cohort changes its size' as fault
from {{ ref('cohort_retention') }}
group by cohort_month
having count(*) <> max(months_since) + 1 or count(distinct months_since) <> count(*) or min(months_since) <> 0
    or min(customers) <> max(customers)
    or max(active_customers) filter (where months_since = 0) <> max(customers) or max(active_customers) > max(customers)
union all
select
    coalesce(cohorts.cohort_month, born.cohort_month) as order_month,
    'not the customers who first bought then' as fault
from (
    select
        cast(cohort_month as date) as cohort_month,
        count(*) as customers
    from first_orders
    group by cohort_month
) as born
full outer join {{ ref('cohort_retention') }} as cohorts
    on born.cohort_month = cohorts.cohort_month
where born.customers is distinct from cohorts.customers
