{{ config(materialized='view') }}
-- What kind of order it is, and what the business keeps of it in the reporting currency.
{# exact decimals; a share is a quotient, rounded before it becomes money #}
{% set share = 'round(cast(kept_amount * rate as double) * coalesce(net_share, 1), 6)' %}
{% set net = 'cast(round(cast(' ~ share ~ ' as decimal(24, 6)), 2) as decimal(18, 2))'
    if var('net_of_tax_and_shipping') else converted('kept_amount') %}
with orders as (
    select
        *,
        case
            when status_kind in ('cancelled', 'unpaid', 'test') then status_kind
            when amount < 0 then 'credit_note'
            when amount > 0 and refunded_amount >= amount then 'returned'
            when status_kind = 'returned' and coalesce(refunded_amount, 0) = 0 then 'returned'
            else 'sale'
        end as order_kind
    from {{ ref('stg_orders') }}
),

kept as (
    select
        *,
        -- what the business keeps of the order, in the order's currency
        case
            when order_kind in ('cancelled', 'unpaid', 'test') then 0
            when order_kind = 'returned' then amount - coalesce(nullif(refunded_amount, 0), amount)
            else amount - coalesce(refunded_amount, 0)
        end as kept_amount,
        cast(amount - coalesce(tax, 0) - coalesce(shipping, 0) as double) / cast(nullif(amount, 0) as double) as net_share
    from orders
)

select
    order_id,
    customer_id,
    ordered_at,
    order_date,
    order_kind,
    amount,
    order_currency,
    {{ converted('amount') }} as gross_amount,
    {{ net }} as net_amount,
    reporting_currency as currency,
    channel,
    channel_group,
    order_kind = 'sale' as is_valid,
    rate,
    discount,
    cost,
    coupon_code is not null or campaign_id is not null as is_promoted,
    judged_in
from kept
