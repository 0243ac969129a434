{{ config(materialized=incremental_where_possible(), dates_in='periods') }}
-- depends_on: {{ ref('dimensions') }}
-- depends_on: {{ ref('customer_moves') }}
-- from which class to which the customers went between two dates; who stayed, came and left as well, so that the rows add up
with counted as (
    {% for row in rule_rows('dimensions', 'dimension') %}
    select
        as_of_date,
        from_date,
        '{{ row.dimension }}' as dimension,
        cast(from_{{ row.dimension }} as string) as from_class,
        cast(to_{{ row.dimension }} as string) as to_class,
        presence,
        count(*) as customers,
        sum(from_recent_spend) as recent_net_revenue_before,
        sum(to_recent_spend) as recent_net_revenue
    from {{ ref('customer_moves') }}
    where coalesce(from_{{ row.dimension }}, to_{{ row.dimension }}) is not null
    group by as_of_date, from_date, from_{{ row.dimension }}, to_{{ row.dimension }}, presence
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    counted.as_of_date,
    counted.from_date,
    counted.dimension,
    counted.from_class,
    counted.to_class,
    -- on a date that is kept as it was, a dimension may not have been asked yet, or a class held that the dictionary has no more
    case
        when counted.presence <> 'known' then counted.presence
        when counted.from_class is null then 'first_judged'
        when counted.from_class = counted.to_class then 'stayed'
        else coalesce(moves.kind, 'moved')
    end as kind,
    moves.direction,
    counted.customers,
    cast(counted.recent_net_revenue_before as decimal(18, 2)) as recent_net_revenue_before,
    cast(counted.recent_net_revenue as decimal(18, 2)) as recent_net_revenue
from counted
left join {{ ref('class_moves') }} as moves
    on counted.dimension = moves.dimension
    and counted.from_class = moves.from_class and counted.to_class = moves.to_class
