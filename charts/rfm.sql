-- How do the buyers of today divide by recency and frequency, and what have they brought?
with scores as (select unnest([5, 4, 3, 2, 1]) as score),

held as (
    select r_score, f_score, count(*) as customers, sum(monetary) as net_revenue
    from customer_rfm
    where as_of_date = getvariable('as_of_date') and r_score is not null
    group by r_score, f_score
)

select
    recency.score as r_score,
    frequency.score as f_score,
    coalesce(held.customers, 0) as customers,
    coalesce(held.net_revenue, 0) as net_revenue,
    coalesce(held.customers, 0) / max(held.customers) over () as shade
from scores as recency
cross join scores as frequency
left join held on held.r_score = recency.score and held.f_score = frequency.score
where exists (select 1 from held)
order by r_score desc, f_score
