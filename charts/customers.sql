-- Who are the 200 customers to know: most at stake, first in the queue, most valuable; with the one who was asked for?
with forecasts as (
    select * from customer_forecast where as_of_date = getvariable('as_of_date')
),

rfm as (
    select * from customer_rfm where as_of_date = getvariable('as_of_date')
),

lists as (
    (
        select customer_id, row_number() over (order by value_at_stake desc, churn_warning, customer_id) as place
        from (
            select * from forecasts where churn_warning in ('high', 'mid')
            order by value_at_stake desc nulls last, churn_warning, customer_id
            limit 200
        )
    )
    union all
    (select customer_id, priority_rank as place from customer_priority order by priority_rank, customer_id limit 200)
    union all
    (
        select customer_id, row_number() over (order by monetary desc, customer_id) as place
        from (select * from rfm order by monetary desc, customer_id limit 200)
    )
    union all
    select customer_id, 0 as place from customer_priority where customer_id = getvariable('customer')
),

chosen as (
    select customer_id, min(place) as place from lists group by customer_id order by place, customer_id limit 200
)

select
    chosen.customer_id,
    priority.priority_rank,
    priority.owner_tier,
    rfm.rfm_segment,
    stages.lifecycle_stage,
    stages.stage_since,
    stages.previous_stage,
    rfm.recency_days,
    rfm.frequency,
    rfm.monetary,
    forecasts.expected_next_order_date,
    forecasts.expected_value,
    forecasts.p_active,
    forecasts.churn_warning,
    forecasts.value_at_stake,
    forecasts.churn_reason as reason_en,
    forecasts.churn_reason_zh as reason_zh,
    (select count(*) from customer_priority) as total
from chosen
left join customer_priority as priority using (customer_id)
left join rfm using (customer_id)
left join (
    select * from customer_lifecycle where as_of_date = getvariable('as_of_date')
) as stages using (customer_id)
left join forecasts using (customer_id)
order by chosen.place, chosen.customer_id
