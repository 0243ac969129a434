-- Two roads to one number: a backtest and the groups of its calibration have the customers with an order by the date and,
-- of them, those with one in the holdout; every predictor the same ones.
with by_group as (
    select
        as_of_date,
        predictor,
        sum(customers) as customers,
        sum(active_customers) as active_customers
    from {{ ref('forecast_calibration') }}
    group by as_of_date, predictor
),

first_purchases as (
    select
        customer_id,
        min(order_date) as first_order_date
    from {{ ref('fct_orders') }}
    where is_valid
    group by customer_id
),

asked as (
    select distinct
        as_of_date,
        period_end
    from {{ ref('forecast_backtest') }}
),

counted as (
    select
        asked.as_of_date,
        count(distinct orders.customer_id) filter (where orders.order_date <= asked.as_of_date) as customers,
        count(distinct orders.customer_id) filter (
            where orders.order_date > asked.as_of_date and firsts.first_order_date <= asked.as_of_date
        ) as active_customers
    from asked
    inner join {{ ref('fct_orders') }} as orders on asked.period_end >= orders.order_date
    inner join first_purchases as firsts on orders.customer_id = firsts.customer_id
    where orders.is_valid
    group by asked.as_of_date
)

select
    backtest.as_of_date,
    backtest.predictor,
    backtest.customers,
    by_group.customers as of_the_groups,
    counted.customers as of_the_orders
from {{ ref('forecast_backtest') }} as backtest
left join by_group on backtest.as_of_date = by_group.as_of_date and backtest.predictor = by_group.predictor
left join counted on backtest.as_of_date = counted.as_of_date
where coalesce(by_group.customers, -1) <> backtest.customers or coalesce(counted.customers, -1) <> backtest.customers
    or coalesce(by_group.active_customers, -1) <> backtest.active_customers
    or coalesce(counted.active_customers, -1) <> backtest.active_customers
