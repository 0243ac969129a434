-- How many customers are there today, and what have they brought?
select
    cast(sum(customers) as bigint) as customers,
    cast(coalesce(sum(customers) filter (where class <> 'prospect'), 0) as bigint) as buyers,
    cast(sum(orders) as bigint) as orders,
    sum(net_revenue) as net_revenue,
    sum(recent_net_revenue) as recent_net_revenue,
    (select currency from fct_orders where currency is not null limit 1) as currency,
    as_of_date
from segment_sizes
where dimension = 'rfm_segment' and as_of_date = getvariable('as_of_date')
group by as_of_date
