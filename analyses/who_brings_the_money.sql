-- Who brings the money? A dimension of customers on the latest date: how many, and what part of recent net revenue
--     dbt show --select who_brings_the_money --limit 99
select
    sizes.class,
    sizes.customers,
    round(100 * sizes.share, 1) as percent_of_customers,
    sizes.recent_net_revenue,
    round(100 * cast(sizes.recent_net_revenue as double) / nullif(sum(sizes.recent_net_revenue) over (), 0), 1) as percent_of_revenue
from {{ ref('segment_sizes') }} as sizes
inner join {{ ref('segment_classes') }} as classes on sizes.dimension = classes.dimension and sizes.class = classes.class
where sizes.dimension = 'contribution_tier'
    and sizes.as_of_date = (select max(latest.as_of_date) from {{ ref('segment_sizes') }} as latest)
    and sizes.customers > 0
order by classes.class_order desc
