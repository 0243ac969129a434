{{ config(materialized=incremental_where_possible(), dates_in='periods') }}
-- depends_on: {{ ref('dimensions') }}
-- depends_on: {{ ref('customer_moves') }}
-- the customers whose class changed between two dates, one by one, in the dimensions that somebody acts upon
with changes as (
    {% for row in rule_rows('dimensions', 'dimension', where='gives_events') %}
    select
        customer_id,
        as_of_date,
        from_date,
        '{{ row.dimension }}' as dimension,
        cast(from_{{ row.dimension }} as string) as left_class,
        cast(to_{{ row.dimension }} as string) as entered_class,
        presence,
        merged_into,
        from_recent_spend,
        to_recent_spend
    from {{ ref('customer_moves') }}
    where {{ of_these_customers('customer_id') }}
        and (
            from_{{ row.dimension }} <> to_{{ row.dimension }}
            or (presence <> 'known' and coalesce(from_{{ row.dimension }}, to_{{ row.dimension }}) is not null)
        )
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    changes.customer_id,
    changes.as_of_date,
    changes.from_date,
    changes.dimension,
    changes.left_class,
    changes.entered_class,
    case when changes.presence = 'known' then coalesce(moves.kind, 'moved') else changes.presence end as kind,
    moves.direction,
    -- whoever has just gone silent brings nothing any more: what he brought before is what may be lost
    cast(greatest(
        coalesce(changes.from_recent_spend, changes.to_recent_spend),
        coalesce(changes.to_recent_spend, changes.from_recent_spend)
    ) as decimal(18, 2)) as revenue_at_stake,
    changes.merged_into
from changes
left join {{ ref('class_moves') }} as moves
    on changes.dimension = moves.dimension
    and changes.left_class = moves.from_class and changes.entered_class = moves.to_class
