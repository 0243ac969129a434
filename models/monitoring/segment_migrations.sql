{{ config(materialized=incremental_where_possible(), dates_in='periods') }}
-- depends_on: {{ ref('dimensions') }}
-- depends_on: {{ ref('customer_moves') }}
-- from which class to which the customers went between two dates; who stayed, came and left as well, so that the rows add up
{% set dimensions = rule_rows('dimensions', 'dimension') | map(attribute='dimension') | list %}
with counted as (
    {% for some in scans_of(dimensions) %}
    select
        as_of_date,
        from_date,
        {{ counted_dimension(some, ['from_', 'to_']) | indent(4) }} as dimension,
        {{ counted_class(some, 'from_') | indent(4) }} as from_class,
        {{ counted_class(some, 'to_') | indent(4) }} as to_class,
        presence,
        count(*) as customers,
        sum(from_recent_spend) as recent_net_revenue_before,
        sum(to_recent_spend) as recent_net_revenue
    from {{ ref('customer_moves') }}
    group by {{ by_dimension(some, ['as_of_date', 'from_date', 'presence'], ['from_', 'to_']) | indent(4) }}  -- noqa: PRS
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
where counted.dimension is not null
