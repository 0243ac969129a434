{{ config(materialized='view') }}
-- depends_on: {{ ref('gate_results') }}
with orders as (
    select * from {{ ref('checked_orders') }} where rejected_because is null
),

reporting as (
    select * from {{ ref('reporting_currency') }}
),

rates as (
    select
        upper(currency) as currency,
        rate,
        rate_date,
        -- two comparisons can be hashed, an OR cannot
        coalesce(lead(rate_date) over (partition by upper(currency) order by rate_date, rate), date '9999-12-31') as next_rate_date
    from {{ ref('checked_exchange_rates') }}
    where rejected_because is null
)

select
    orders.*,
    cast(orders.ordered_at as date) as order_date,
    coalesce(statuses.order_kind, 'sale') as status_kind,
    coalesce(channels.channel_group, 'unknown') as channel_group,
    coalesce(upper(orders.currency), reporting.reporting_currency) as order_currency,
    reporting.reporting_currency,
    case when upper(orders.currency) <> reporting.reporting_currency then rates.rate else 1 end as rate
from orders
cross join reporting
left join {{ ref('order_statuses') }} as statuses on {{ word('orders.status') }} = statuses.status
left join {{ ref('channels') }} as channels on {{ word('orders.channel') }} = channels.channel
left join rates
    on upper(orders.currency) = rates.currency
    and cast(orders.ordered_at as date) >= rates.rate_date
    and cast(orders.ordered_at as date) < rates.next_rate_date
