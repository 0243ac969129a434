{{ config(materialized='view') }}
-- every customer known by an as-of date
with registered as (
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
    left join {{ ref('first_orders') }} as first_orders on registered.customer_id = first_orders.customer_id
)

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
where dates.is_measured
