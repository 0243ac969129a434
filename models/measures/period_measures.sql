-- What each customer who did anything did in a period: orders and what they brought, answers and what they said. A daily
-- run needs the periods that end after the last frozen date.
{% set sums = {
    'orders': 'bigint', 'order_value': 'decimal(18, 2)', 'net_revenue': 'decimal(18, 2)', 'costed_orders': 'bigint',
    'costed_cents': 'bigint', 'profit_cents': 'bigint', 'nps_answers': 'bigint', 'csat_answers': 'bigint',
    'csat_reached': 'bigint', 'opinions': 'bigint', 'sentiment': 'bigint',
} %}
{% set of_feedback = ['nps_answers', 'csat_answers', 'csat_reached', 'opinions', 'sentiment'] %}
with events as (
    select
        customer_id,
        order_date as event_date,
        case when is_valid then 1 else 0 end as orders,
        case when is_valid then net_amount else 0 end as order_value,
        net_amount as net_revenue,
        costed_orders,
        costed_cents,
        profit_cents
        {%- for name in of_feedback %},
        0 as {{ name }}
        {%- endfor %}
    from {{ ref('order_facts') }}
    where {{ is_judged_now('order_date') }}
    union all
    select
        customer_id,
        event_date,
        {% for name in sums if name not in of_feedback %}
        0 as {{ name }},
        {% endfor %}
        case when nps_reached is not null then 1 else 0 end as nps_answers,
        csat_answers,
        csat_reached,
        opinions,
        sentiment
    from {{ ref('feedback_days') }}
    where {{ is_judged_now('event_date') }}
)

select
    events.customer_id,
    periods.as_of_date
    {%- for name, data_type in sums.items() %},
    cast(sum(events.{{ name }}) as {{ data_type }}) as {{ name }}
    {%- endfor %}
from events
inner join {{ ref('periods') }} as periods
    on events.event_date > periods.from_date and events.event_date <= periods.as_of_date
where {{ of_these_customers('events.customer_id') }}
group by events.customer_id, periods.as_of_date
