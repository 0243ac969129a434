-- Which raw rows were turned away, and why?
select source, column_name, reason, count(*) as turned_away
from rejected_rows
group by source, column_name, reason
order by turned_away desc, source, column_name, reason
limit 200
