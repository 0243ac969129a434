-- A marketplace's orders, items, payments and reviews -> customers, orders, order_lines, products
-- and feedback. Set before this file runs: the variables `data` (folder of the source) and `raw`
-- (of the result).
create macro source(name) as table
select * from read_parquet(getvariable('data') || '/olist/' || name || '.parquet');

-- customer_id is a new one for each order; the person behind it is customer_unique_id
create view persons as
select
    orders.*,
    customers.customer_unique_id as person_id,
    customers.customer_city as city,
    customers.customer_state as state
from source('orders') as orders
inner join source('customers') as customers on orders.customer_id = customers.customer_id;

-- 25 persons moved: the address of the latest order, whose number breaks a tie
copy (
    select
        person_id as customer_id,
        'BR' as country,
        arg_max(state, (order_purchase_timestamp, order_id)) as region,
        arg_max(city, (order_purchase_timestamp, order_id)) as city
    from persons
    group by person_id
    order by customer_id
) to (getvariable('raw') || '/customers.parquet');

-- The amount is what was paid: that is known of 775 orders whose items are not (all but 8 of them
-- cancelled or unavailable), and where the two differ, it is what left the customer's purse. One
-- order has no payment: its items and freight. The words of the status are in
-- rules/order_statuses.csv. The times carry no zone: the shop's clock.
copy (
    select
        orders.order_id,
        orders.person_id as customer_id,
        orders.order_purchase_timestamp as ordered_at,
        coalesce(payments.paid, items.price + items.freight) as amount,
        'BRL' as currency,
        orders.order_status as status,
        'marketplace' as channel,
        items.freight as shipping
    from persons as orders
    left join (
        select
            order_id,
            -- a floating-point amount would let sums drift from the cent
            sum(cast(payment_value as decimal(18, 2))) as paid
        from source('order_payments')
        group by order_id
    ) as payments on orders.order_id = payments.order_id
    left join (
        select
            order_id,
            sum(cast(price as decimal(18, 2))) as price,
            sum(cast(freight_value as decimal(18, 2))) as freight
        from source('order_items')
        group by order_id
    ) as items on orders.order_id = items.order_id
    order by order_id
) to (getvariable('raw') || '/orders.parquet');

-- a line is one piece; two pieces are two lines
copy (
    select
        order_id,
        order_item_id as line_no,
        product_id,
        1 as quantity,
        cast(price as decimal(18, 2)) as unit_price
    from source('order_items')
    order by order_id, line_no
) to (getvariable('raw') || '/order_lines.parquet');

-- two categories are not in the translation and keep their Portuguese name
copy (
    select
        products.product_id,
        coalesce(
            names.product_category_name_english, products.product_category_name
        ) as category
    from source('products') as products
    left join source('product_category_name_translation') as names
        on products.product_category_name = names.product_category_name
    order by products.product_id
) to (getvariable('raw') || '/products.parquet');

-- An order may have several reviews and a review several orders: each pair is one opinion. 15 pairs
-- came twice, once with each kind of line end; the build turns the copies away. The date of
-- creation is the one on which the question was sent, not answered.
copy (
    select
        reviews.review_id || '/' || reviews.order_id as feedback_id,
        orders.person_id as customer_id,
        reviews.review_answer_timestamp as given_at,
        'review' as kind,
        reviews.review_score as score,
        5 as scale_max,
        concat_ws(': ', reviews.review_comment_title, reviews.review_comment_message) as text
    from source('reviews') as reviews
    left join persons as orders on reviews.order_id = orders.order_id
    order by feedback_id, text
) to (getvariable('raw') || '/feedback.parquet');
