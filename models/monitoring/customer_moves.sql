-- depends_on: {{ ref('dimensions') }}
-- Everybody known at the beginning of a period or at its end: the classes held then and now, and what was done between.
-- Who is known no longer was merged into somebody else, or is gone; both can only be where earlier dates are kept as they were.
-- A daily run has the periods that end after the last frozen date.
{% set dimensions = rule_rows('dimensions', 'dimension') | map(attribute='dimension') | list %}
{% set classes = ['recent_spend', 'frequency', 'recent_orders'] + dimensions %}
{% set done = ['orders', 'order_value', 'net_revenue', 'costed_orders', 'costed_cents', 'profit_cents', 'nps_answers',
    'csat_answers', 'csat_reached', 'opinions', 'sentiment'] %}
with earlier as (
    select
        classes.*,
        periods.as_of_date as ends_on
    from {{ ref('customer_classes') }} as classes
    inner join {{ ref('periods') }} as periods on classes.as_of_date = periods.from_date
    where {{ is_judged_now('periods.as_of_date') }} and {{ of_these_customers('classes.customer_id') }}
),

later as (
    select classes.*
    from {{ ref('customer_classes') }} as classes
    inner join {{ ref('periods') }} as periods on classes.as_of_date = periods.as_of_date
    where {{ is_judged_now('periods.as_of_date') }} and {{ of_these_customers('classes.customer_id') }}
),

paired as (
    select
        coalesce(later.customer_id, earlier.customer_id) as customer_id,
        coalesce(later.as_of_date, earlier.ends_on) as as_of_date,
        earlier.customer_id is not null as was_known,
        later.customer_id is not null as is_known
        {%- for name in classes %},
        earlier.{{ name }} as from_{{ name }},
        later.{{ name }} as to_{{ name }}
        {%- endfor %}
    from earlier
    full outer join later
        on earlier.customer_id = later.customer_id and earlier.ends_on = later.as_of_date
)

select
    paired.*,
    periods.from_date,
    periods.is_whole_month,
    case when not paired.is_known and ids.survivor_id <> paired.customer_id then ids.survivor_id end as merged_into,
    case
        when not paired.was_known then 'new'
        when paired.is_known then 'known'
        when ids.survivor_id <> paired.customer_id then 'merged'
        else 'gone'
    end as presence
    {%- for name in done %},
    coalesce(period_measures.{{ name }}, 0) as {{ name }}
    {%- endfor %}
from paired
inner join {{ ref('periods') }} as periods on paired.as_of_date = periods.as_of_date
left join {{ ref('customer_ids') }} as ids on paired.customer_id = ids.customer_id
left join {{ ref('period_measures') }} as period_measures
    on paired.customer_id = period_measures.customer_id and paired.as_of_date = period_measures.as_of_date
    and {{ of_these_customers('period_measures.customer_id') }}
