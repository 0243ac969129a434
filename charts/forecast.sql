-- What will all customers together probably bring, and within which bounds?
select expected_orders, expected_value, value_low, value_high
from forecast_totals
where expected_value is not null and as_of_date = getvariable('as_of_date')
