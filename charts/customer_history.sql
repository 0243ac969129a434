-- How did recency, frequency and money of each customer shown develop over the last 13 dates?
select
    customer_id, as_of_date, 'rfm_segment' as dimension, rfm_segment as class, rfm_score, recency_days, frequency, monetary
from customer_rfm
where
    as_of_date in (select distinct as_of_date from segment_sizes order by as_of_date desc limit 13)
    and customer_id in (select customer_id from temp.customers)
order by customer_id, as_of_date desc
