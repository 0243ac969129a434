{{ config(materialized='view') }}
select
    order_id,
    customer_id,
    ordered_at,
    order_date,
    order_kind,
    amount,
    order_currency,
    gross_amount,
    net_amount,
    currency,
    channel,
    channel_group,
    is_valid
from {{ ref('order_facts') }}
