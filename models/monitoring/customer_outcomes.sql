-- depends_on: {{ ref('dimensions') }}
-- What a customer bought in the horizon_days after a past date, beside the classes he held on it. It looks ahead, so it
-- stands where nothing that judges can read it. Only dates whose period had ended by the latest date;
-- in a daily run those whose period ended after the last frozen date.
with periods as (
    {{ ended_horizons('past.is_reported') }}
),

later as (
    select
        periods.as_of_date,
        orders.customer_id,
        count(*) filter (where orders.is_valid) as later_orders,
        cast(sum(orders.net_amount) as decimal(18, 2)) as later_net_spend
    from periods
    inner join {{ ref('fct_orders') }} as orders
        on orders.order_date > periods.as_of_date and orders.order_date <= periods.period_end
    where {{ of_these_customers('orders.customer_id') }}
    group by periods.as_of_date, orders.customer_id
)

select
    classes.customer_id,
    classes.as_of_date,
    periods.period_end,
    coalesce(later.later_orders, 0) as later_orders,
    coalesce(later.later_net_spend, 0) as later_net_spend
    {%- for row in rule_rows('dimensions', 'dimension', 'is_ordered') %},
    classes.{{ row.dimension }}
    {%- endfor %}
from {{ ref('customer_classes') }} as classes
inner join periods on classes.as_of_date = periods.as_of_date
left join later on classes.customer_id = later.customer_id and classes.as_of_date = later.as_of_date
where {{ of_these_customers('classes.customer_id') }}
