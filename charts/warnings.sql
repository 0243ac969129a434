-- Who is about to be lost, with how much money, and why? Warnings of the latest date, the 50 with most at stake.
select
    customer_id,
    'churn_warning' as dimension,
    churn_warning,
    value_at_stake,
    expected_next_order_date,
    churn_reason as reason_en,
    churn_reason_zh as reason_zh,
    count(*) over () as total
from customer_forecast
where as_of_date = getvariable('as_of_date') and churn_warning in ('high', 'mid')
order by value_at_stake desc nulls last, churn_warning, customer_id
limit 50
