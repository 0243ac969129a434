{{ config(materialized=incremental_where_possible(), incremental_strategy='replace_customers') }}
-- depends_on: {{ ref('changed_rows') }}
-- the day of each customer's first order of any kind, and of the first that counts as a purchase
select
    customer_id,
    min(order_date) as first_date,
    min(case when is_valid then order_date end) as first_order_date
from {{ ref('fct_orders') }}
{% if this_run() %}
where customer_id in ({{ customers_again() }})
{% endif %}
group by customer_id
