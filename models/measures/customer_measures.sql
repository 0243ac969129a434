-- every customer known by an as-of date, with his numbers as of then; who has not ordered has counts of zero
with first_orders as (
    select
        customer_id,
        min(order_date) as first_date
    from {{ ref('fct_orders') }}
    group by customer_id
),

registered as (
    -- who was known under an id given up was known since then
    select
        living_id as customer_id,
        min(cast(created_at as date)) as created_date
    from {{ ref('stg_customers') }}
    group by living_id
),

customers as (
    select
        registered.customer_id,
        least(registered.created_date, first_orders.first_date) as known_since
    from registered
    left join first_orders on registered.customer_id = first_orders.customer_id
),

spine as (
    select
        customers.customer_id,
        dates.as_of_date,
        dates.calibrated_on,
        dates.is_reported,
        dates.is_latest
    from customers
    -- a customer without any date is known since the data are, that is on the latest date
    inner join {{ ref('as_of_dates') }} as dates
        on customers.known_since <= dates.as_of_date or (customers.known_since is null and dates.is_latest)
)

select
    spine.*,
    coalesce(purchases.orders, 0) as frequency,
    coalesce(purchases.purchase_days, 0) as purchase_days,
    coalesce(purchases.spend, 0) as monetary,
    purchases.first_order_date,
    purchases.last_order_date,
    purchases.recency_days,
    purchases.tenure_days,
    purchases.last_gap_days,
    -- in cents, so that equal averages of different numbers of orders are equal numbers
    cast(purchases.order_value * 100 as double) / nullif(purchases.orders * 100, 0) as average_order_value,
    cast(purchases.order_value * 100 as double) / nullif(purchases.purchase_days * 100, 0) as average_day_value,
    coalesce(purchases.recent_orders, 0) as recent_orders,
    coalesce(purchases.recent_spend, 0) as recent_spend,
    coalesce(purchases.trend_orders, 0) - coalesce(purchases.earlier_orders, 0) as order_trend,
    coalesce(purchases.online_orders + purchases.offline_orders, 0) as channel_orders,
    cast(purchases.online_orders as double)
    / nullif(purchases.online_orders + purchases.offline_orders, 0) as online_share
from spine
left join {{ ref('purchase_measures') }} as purchases
    on spine.customer_id = purchases.customer_id and spine.as_of_date = purchases.as_of_date
