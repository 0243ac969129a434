-- What a daily run has gained and lost, whose it is, and from which day on it counts: a row that came again unchanged
-- is neither. A contact counts by its answer. A full run takes everything for new and needs no list.
-- depends_on: {{ ref('gate_results') }}
{% set days = {'orders': 'ordered_at', 'interactions': 'occurred_at', 'feedback': 'given_at', 'campaign_contacts': 'response_at'} %}
{% if not this_run() %}
select
    cast(null as string) as source,
    cast(null as string) as customer_id,
    cast(null as date) as changed_on
from {{ ref('raw_files') }}
where false
{% else %}
{% for table, day in days.items() %}
select
    '{{ table }}' as source,
    customer_id,
    cast({{ day }} as date) as changed_on
from ({{ gained_or_lost(table) }}) as {{ table }}
union all
{% endfor %}
-- a new exchange rate
select
    'orders' as source,
    customer_id,
    cast(ordered_at as date) as changed_on
from {{ table_of('checked_orders') }}
where judged_in = {{ this_run() }} and rejected_because is null and was_good
union all
-- a line counts with its order
select
    'order_lines' as source,
    orders.customer_id,
    cast(orders.ordered_at as date) as changed_on
from ({{ gained_or_lost('order_lines') }}) as lines
inner join {{ table_of('checked_orders') }} as orders on lines.order_id = orders.order_id and orders.rejected_because is null
union all
-- what a customer declares counts from the day on which he is known
select
    'customers' as source,
    customers.customer_id,
    least(min(cast(customers.created_at as date)), min(cast(orders.ordered_at as date))) as changed_on
from ({{ gained_or_lost('customers') }}) as customers
inner join {{ table_of('customer_ids') }} as ids on customers.customer_id = ids.customer_id
left join {{ table_of('checked_orders') }} as orders on ids.survivor_id = orders.customer_id and orders.rejected_because is null
group by customers.customer_id
{% endif %}
