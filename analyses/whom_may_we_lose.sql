-- Whom may we lose, and who should call first? Customers at risk or just churned, by their place in the queue
--     dbt show --select whom_may_we_lose --limit 99
select
    priority.priority_rank,
    priority.customer_id,
    lifecycle.lifecycle_stage,
    lifecycle.days_since_last_order,
    rfm.monetary,
    priority.owner_tier
from {{ ref('customer_lifecycle') }} as lifecycle
inner join {{ ref('customer_priority') }} as priority
    on lifecycle.customer_id = priority.customer_id and lifecycle.as_of_date = priority.as_of_date
inner join {{ ref('customer_rfm') }} as rfm
    on lifecycle.customer_id = rfm.customer_id and lifecycle.as_of_date = rfm.as_of_date
where lifecycle.lifecycle_stage = 'at_risk'
    or (lifecycle.lifecycle_stage = 'churned' and lifecycle.stage_since = lifecycle.as_of_date)
order by priority.priority_rank, priority.customer_id
