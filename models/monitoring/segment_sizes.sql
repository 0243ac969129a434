{{ config(materialized=incremental_where_possible(), dates_in='reported_dates') }}
-- depends_on: {{ ref('dimensions') }}
-- depends_on: {{ ref('customer_classes') }}
-- how many customers each class holds on each date, and what they bring; a class without customers is shown with zero
{% set dimensions = rule_rows('dimensions', 'dimension') | map(attribute='dimension') | list %}
with held as (
    {% for some in scans_of(dimensions) %}
    select
        as_of_date,
        {{ counted_dimension(some) | indent(4) }} as dimension,
        {{ counted_class(some) | indent(4) }} as class,
        count(*) as customers,
        sum(frequency) as orders,
        sum(monetary) as net_revenue,
        sum(recent_spend) as recent_net_revenue
    from {{ ref('customer_classes') }}
    where {{ is_judged_now() }}
    group by {{ by_dimension(some, ['as_of_date']) | indent(4) }}  -- noqa: PRS
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    dates.as_of_date,
    classes.dimension,
    classes.class,
    coalesce(held.customers, 0) as customers,
    cast(coalesce(held.customers, 0) as double)
    / nullif(sum(held.customers) over (partition by dates.as_of_date, classes.dimension), 0) as share,
    cast(coalesce(held.orders, 0) as bigint) as orders,
    cast(coalesce(held.net_revenue, 0) as decimal(18, 2)) as net_revenue,
    cast(coalesce(held.recent_net_revenue, 0) as decimal(18, 2)) as recent_net_revenue
from {{ ref('as_of_dates') }} as dates
cross join {{ ref('segment_classes') }} as classes
left join held
    on dates.as_of_date = held.as_of_date and classes.dimension = held.dimension and classes.class = held.class
where dates.is_reported and {{ is_judged_now('dates.as_of_date') }}
