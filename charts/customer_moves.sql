-- Which classes has each customer shown left and entered, latest first?
select customer_id, as_of_date, dimension, left_class, entered_class, kind, revenue_at_stake
from segment_events
where customer_id in (select customer_id from temp.customers)
qualify row_number() over (partition by customer_id order by as_of_date desc, dimension) <= 24
order by customer_id, as_of_date desc, dimension
