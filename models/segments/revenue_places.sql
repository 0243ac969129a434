-- The part of recent revenue that customers with more of it bring: from a histogram, so equal customers stand equal. A
-- daily run needs the dates that it judges.
with spends as (
    select
        as_of_date,
        greatest(recent_spend, 0) as recent_revenue,
        greatest(recent_spend, 0) * count(*) as their_revenue
    from {{ ref('customer_measures') }}
    where {{ is_judged_now() }}
    group by as_of_date, greatest(recent_spend, 0)
)

select
    as_of_date,
    recent_revenue,
    cast(sum(their_revenue) over (partition by as_of_date order by recent_revenue desc) - their_revenue as double)
    / nullif(cast(sum(their_revenue) over (partition by as_of_date) as double), 0) as revenue_above_share
from spends
