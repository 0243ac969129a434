{{ config(materialized=incremental_where_possible(), judged_by='period_end', dates_in='reported_dates') }}
-- depends_on: {{ ref('dimensions') }}
-- depends_on: {{ ref('customer_outcomes') }}
-- did the classes of the past tell the future? What those who held a class bought afterwards, beside what everybody did
with held as (
    {% for row in rule_rows('dimensions', 'dimension', 'is_ordered') %}
    select
        as_of_date,
        period_end,
        '{{ row.dimension }}' as dimension,
        cast({{ row.dimension }} as string) as class,
        count(*) as customers,
        count(*) filter (where later_orders > 0) as buyers,
        sum(later_orders) as orders,
        sum(later_net_spend) as net_spend
    from {{ ref('customer_outcomes') }}
    group by as_of_date, period_end, {{ row.dimension }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

beside as (
    select
        *,
        sum(customers) over (partition by as_of_date, dimension) as all_customers,
        sum(buyers) over (partition by as_of_date, dimension) as all_buyers,
        sum(orders) over (partition by as_of_date, dimension) as all_orders,
        sum(net_spend) over (partition by as_of_date, dimension) as all_net_spend
    from held
)

select
    as_of_date,
    period_end,
    dimension,
    class,
    customers,
    cast(buyers as double) / customers as repurchase_rate,
    cast(orders as double) / customers as orders_per_customer,
    -- in cents, one division: the same bits on every engine
    cast(net_spend * 100 as double) / (customers * 100) as net_spend_per_customer,
    cast(all_buyers as double) / all_customers as population_repurchase_rate,
    cast(all_orders as double) / all_customers as population_orders_per_customer,
    cast(all_net_spend * 100 as double) / (all_customers * 100) as population_net_spend_per_customer,
    cast(buyers * all_customers as double) / nullif(cast(all_buyers * customers as double), 0) as lift
from beside
