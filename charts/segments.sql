-- How do the customers divide today, and what does a customer of each class bring?
select
    sizes.dimension,
    sizes.class,
    sizes.customers,
    sizes.share,
    sizes.net_revenue,
    sizes.recent_net_revenue,
    cast(sizes.net_revenue / nullif(sizes.customers, 0) as decimal(18, 2)) as net_revenue_per_customer
from segment_sizes as sizes
left join segment_classes as classes using (dimension, class)
where sizes.as_of_date = getvariable('as_of_date') and sizes.customers > 0
order by sizes.dimension, classes.class_order desc, sizes.class
