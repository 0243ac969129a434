-- One row per customer and month in which a number about his orders changes, with the change. An order changes
-- them on its day, and again on the days on which it falls out of a window; so every window is a running sum,
-- and a month in which nothing happens costs nothing. A daily run needs the changes since the last frozen date.
{% set trend = var('trend_days') %}
{% set frozen = last_frozen_date() %}
{% set previous = 'lag(order_date) over (partition by customer_id, orders > 0 order by order_date)' %}
with order_days as (
    select
        customer_id,
        order_date,
        count(*) filter (where is_valid) as orders,
        count(*) filter (where is_valid and channel_group = 'online') as online_orders,
        count(*) filter (where is_valid and channel_group = 'offline') as offline_orders,
        cast(coalesce(sum(net_amount) filter (where is_valid), 0) as decimal(18, 2)) as order_value,
        cast(sum(net_amount) as decimal(18, 2)) as spend
    from {{ ref('fct_orders') }}
    where {{ may_count_now('order_date', windows=[var('recent_days'), trend, 2 * trend]) }}
        and {{ of_these_customers('customer_id') }}
    group by customer_id, order_date
),

spaced as (
    select
        *,
        case when orders > 0 then 1 else 0 end as purchase_days,
        case
            when orders > 0{% if frozen %} and {{ previous }} > {{ frozen }}{% endif %}
                then cast({{ dbt.datediff(previous, 'order_date', 'day') }} as bigint)
        end as gap_days
    from order_days
),

effects as (
    {% for after_days, in_all, in_recent, in_trend, in_earlier in [
        (0, 1, 1, 1, 0), (var('recent_days'), 0, -1, 0, 0), (trend, 0, 0, -1, 1), (2 * trend, 0, 0, 0, -1)
    ] %}
    select
        {{ after_days }} as after_days,
        {{ in_all }} as in_all,
        {{ in_recent }} as in_recent,
        {{ in_trend }} as in_trend,
        {{ in_earlier }} as in_earlier
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

changes as (
    select
        spaced.*,
        effects.*,
        cast({{ dbt.dateadd('day', 'effects.after_days', 'spaced.order_date') }} as date) as changed_on
    from spaced
    cross join effects
)

select
    changes.customer_id,
    least(cast({{ dbt.last_day('changes.changed_on', 'month') }} as date), dates.as_of_date) as changed_on,
    min(changes.order_date) filter (where changes.in_all = 1 and changes.orders > 0) as first_order_date,
    max(changes.order_date) filter (where changes.in_all = 1 and changes.orders > 0) as last_order_date,
    max_by(changes.gap_days, changes.order_date) filter (where changes.in_all = 1 and changes.orders > 0) as last_gap_days,
    cast(min_by(changes.order_value, changes.order_date) filter (where changes.in_all = 1 and changes.orders > 0) as decimal(18, 2))
        as first_day_value,
    cast(sum(changes.in_all * changes.orders) as bigint) as orders,
    cast(sum(changes.in_all * changes.purchase_days) as bigint) as purchase_days,
    cast(sum(changes.in_all * changes.online_orders) as bigint) as online_orders,
    cast(sum(changes.in_all * changes.offline_orders) as bigint) as offline_orders,
    cast(sum(changes.in_all * changes.order_value) as decimal(18, 2)) as order_value,
    cast(sum(changes.in_all * changes.spend) as decimal(18, 2)) as spend,
    cast(sum(changes.in_recent * changes.orders) as bigint) as recent_orders,
    cast(sum(changes.in_recent * changes.spend) as decimal(18, 2)) as recent_spend,
    cast(sum(changes.in_trend * changes.orders) as bigint) as trend_orders,
    cast(sum(changes.in_earlier * changes.orders) as bigint) as earlier_orders
from changes
inner join {{ ref('as_of_dates') }} as dates on dates.is_latest and changes.changed_on <= dates.as_of_date
where {{ is_judged_now('changes.changed_on') }}
group by 1, 2
