{{ config(materialized=incremental_where_possible(), incremental_strategy='replace_customers') }}
-- depends_on: {{ ref('changed_rows') }}
-- the day of each customer's first order from each category
select
    orders.customer_id,
    products.category,
    min(orders.order_date) as first_date
from {{ ref('order_facts') }} as orders
inner join {{ ref('stg_order_lines') }} as lines on orders.order_id = lines.order_id
inner join {{ ref('stg_products') }} as products on lines.product_id = products.product_id
where orders.is_valid and products.category is not null
    {%- if this_run() %} and orders.customer_id in ({{ customers_again() }}){% endif %}
group by orders.customer_id, products.category
