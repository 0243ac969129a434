-- what all customers together are expected to do is the sum of what each is, and lies within its bounds
with sums as (
    select
        as_of_date,
        count(usual_gap_days) as with_a_rhythm,
        round(sum(cast(expected_orders as decimal(24, 6))), 1) as expected_orders,
        sum(expected_value) as expected_value
    from {{ ref('customer_forecast') }}
    group by as_of_date
)

select
    sums.*,
    totals.expected_orders as total_orders,
    totals.expected_value as total_value
from sums
left join {{ ref('forecast_totals') }} as totals on sums.as_of_date = totals.as_of_date
where coalesce(sums.expected_value, -1) <> coalesce(totals.expected_value, -1)
    or abs(coalesce(sums.expected_orders, -1) - coalesce(totals.expected_orders, -1)) > 0.1
    or not coalesce(totals.expected_orders between totals.orders_low and totals.orders_high, true)
    or not coalesce(totals.expected_value between totals.value_low and totals.value_high, true)
    or (totals.as_of_date is null and sums.with_a_rhythm > 0)
