{{ config(materialized='view') }}
-- what the lines of an order cost, and how dear their products are within their category, by list price
with products as (
    select
        product_id,
        list_price,
        list_price > avg(list_price) over (partition by category) as is_dear
    from {{ ref('stg_products') }}
)

select
    lines.order_id,
    -- a line without its cost leaves the cost of the order unknown
    case when count(lines.cost) = count(*) then sum(lines.cost) end as cost,
    sum(products.list_price * lines.quantity) as list_amount,
    sum(products.list_price * lines.quantity) filter (where products.is_dear) as premium_amount
from {{ ref('stg_order_lines') }} as lines
left join products on lines.product_id = products.product_id
{% if this_run() %}
where lines.order_id in ({{ orders_again() }})
{% endif %}
group by lines.order_id
