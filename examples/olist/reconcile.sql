-- One figure per statement: its name, counted in the source, counted in the result. The two must
-- be equal. Attached: `warehouse` (the working file) and `segments` (the published one); the
-- variable `data` as in map.sql.
create macro source(name) as table
select * from read_parquet(getvariable('data') || '/olist/' || name || '.parquet');

select
    'customers: persons',
    (select count(distinct customer_unique_id) from source('customers')),
    (select count(*) from warehouse.stg_customers);

-- later, next to nothing but cancelled orders was recorded
select
    'customers known by 2018-08-31',
    (
        select count(distinct customers.customer_unique_id)
        from source('orders') as orders
        inner join source('customers') as customers on orders.customer_id = customers.customer_id
        where orders.order_purchase_timestamp < '2018-09-01'
    ),
    (select count(*) from segments.marts.customer_segments_current);

select
    'orders',
    (select count(*) from source('orders')),
    (select count(*) from segments.marts.fct_orders);

select
    'orders cancelled or unavailable',
    (select count(*) from source('orders') where order_status in ('canceled', 'unavailable')),
    (select count(*) from segments.marts.fct_orders where order_kind = 'cancelled');

select
    'paid, also for cancelled orders, BRL',
    (select sum(cast(payment_value as decimal(18, 2))) from source('order_payments')),
    (
        select sum(amount)
        from segments.marts.fct_orders
        where order_id in (select order_id from source('order_payments'))
    );

-- of the one order without a payment, its items and freight
select
    'net revenue, BRL',
    (
        select sum(cast(payments.payment_value as decimal(18, 2)))
        from source('orders') as orders
        inner join source('order_payments') as payments on orders.order_id = payments.order_id
        where orders.order_status not in ('canceled', 'unavailable')
    ) + (
        select sum(cast(price as decimal(18, 2)) + cast(freight_value as decimal(18, 2)))
        from source('order_items')
        where order_id not in (select order_id from source('order_payments'))
    ),
    (select sum(net_amount) from segments.marts.fct_orders);

select
    'freight, BRL',
    (select sum(cast(freight_value as decimal(18, 2))) from source('order_items')),
    (select sum(shipping) from warehouse.stg_orders);

select
    'order lines: staged + rejected',
    (select count(*) from source('order_items')),
    (select count(*) from warehouse.stg_order_lines)
    + (select count(*) from segments.marts.rejected_rows where source = 'order_lines');

select
    'price of the lines, BRL',
    (select sum(cast(price as decimal(18, 2))) from source('order_items')),
    (select sum(cast(quantity * unit_price as decimal(18, 2))) from warehouse.stg_order_lines);

select
    'feedback: reviews of an order',
    (select count(distinct (review_id, order_id)) from source('reviews')),
    (select count(*) from warehouse.stg_feedback);

select
    'feedback rejected: the same review of the same order again',
    (select count(*) - count(distinct (review_id, order_id)) from source('reviews')),
    (
        select count(*)
        from segments.marts.rejected_rows
        where source = 'feedback' and reason = 'duplicate'
    );

select
    'rejected rows of other tables',
    0,
    (select count(*) from segments.marts.rejected_rows where source <> 'feedback');
