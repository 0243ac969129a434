-- two roads to one number: those who leave a class, stay in it included, are those whom segment_sizes counts in it
with impact as (
    select
        as_of_date,
        dimension,
        from_class,
        sum(customers) as customers,
        sum(recent_net_revenue) as recent_net_revenue,
        sum(net_revenue) as net_revenue
    from {{ ref('criteria_impact') }}
    group by as_of_date, dimension, from_class
)

select
    impact.*,
    sizes.customers as held_by
from {{ ref('segment_sizes') }} as sizes
inner join {{ ref('as_of_dates') }} as dates on sizes.as_of_date = dates.as_of_date and dates.is_latest
left join impact
    on sizes.as_of_date = impact.as_of_date and sizes.dimension = impact.dimension and sizes.class = impact.from_class
where sizes.dimension in (select tried.dimension from impact as tried)
    and (
        sizes.customers <> coalesce(impact.customers, 0)
        or sizes.recent_net_revenue <> coalesce(impact.recent_net_revenue, 0)
        or sizes.net_revenue <> coalesce(impact.net_revenue, 0)
    )
