-- the customers of each month of first orders: how many of them bought in each month since, also where nobody did
{% set shifted = dbt.dateadd('month', '-numbers.months', 'dates.as_of_date') %}
with placed as (
    select
        *,
        min(case when orders > 0 then month_number end) over (partition by customer_id) as cohort_number
    from {{ ref('order_months') }}
),

-- a credit note from before the first order is in no month of a cohort: whose it would be was not known then
activity as (
    select
        cohort_number,
        month_number,
        count(*) filter (where orders > 0) as active_customers,
        sum(orders) as orders,
        sum(net_revenue) as net_revenue,
        sum(costed_orders) as costed_orders,
        sum(costed_cents) as costed_cents,
        sum(profit_cents) as profit_cents
    from placed
    group by cohort_number, month_number
),

months as (
    select
        cast({{ dbt.date_trunc('month', shifted) }} as date) as month_start,
        least(cast({{ dbt.last_day(shifted, 'month') }} as date), dates.as_of_date) as as_of_date,
        least(cast({{ dbt.last_day(shifted, 'month') }} as date), dates.as_of_date)
        = cast({{ dbt.last_day(shifted, 'month') }} as date) as is_whole_month,
        {{ month_number(shifted) }} as month_number
    from {{ ref('as_of_dates') }} as dates
    cross join range(0, 601) as numbers(months)
    where dates.is_latest
)

select
    months.as_of_date,
    born.month_start as cohort_month,
    months.month_number - born.month_number as months_since,
    months.is_whole_month,
    cohorts.active_customers as customers,
    coalesce(activity.active_customers, 0) as active_customers,
    cast(coalesce(activity.orders, 0) as bigint) as orders,
    cast(coalesce(activity.net_revenue, 0) as decimal(18, 2)) as net_revenue,
    cast(coalesce(activity.costed_orders, 0) as bigint) as costed_orders,
    case when activity.costed_orders > 0 then cast(activity.profit_cents / 100.0 as decimal(18, 2)) end as profit,
    case
        when activity.costed_orders > 0 and activity.costed_cents > 0 then cast(activity.profit_cents as double) / activity.costed_cents
    end as profit_margin,
    case when months.is_whole_month then cast(coalesce(activity.active_customers, 0) as double) / cohorts.active_customers end
        as retention_rate
from activity as cohorts
inner join months as born on cohorts.month_number = born.month_number
inner join months on cohorts.cohort_number <= months.month_number
left join activity on cohorts.cohort_number = activity.cohort_number and months.month_number = activity.month_number
where cohorts.month_number = cohorts.cohort_number
