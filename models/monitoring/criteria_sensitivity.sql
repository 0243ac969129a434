-- depends_on: {{ ref('criteria') }}
-- depends_on: {{ ref('presets') }}
-- depends_on: {{ ref('dimensions') }}
-- depends_on: {{ ref('latest_classes') }}
-- the wide row of moved_edge_counts as a row per move, of the criteria in force on the latest date; an edge that could
-- not be moved has been tried on nobody
{% set moves = moved_criteria() %}
with moves as (
    select *
    from (values
        {% for move in moves %}
        (
            {{ move.no }}, '{{ move.dimension }}', '{{ move.measure }}', '{{ move.classes }}',
            cast({{ move.edge }} as double), cast({{ move.change }} as double), cast({{ move.moved_to }} as double),
            cast({{ "'" ~ move.valid_from ~ "'" if move.valid_from else 'null' }} as date),
            cast({{ "'" ~ move.valid_to ~ "'" if move.valid_to else 'null' }} as date)
        ){{ ',' if not loop.last }}
        {% endfor %}
    ) as listed(no, dimension, measure, classes, edge, change, moved_to, valid_from, valid_to) -- noqa: AL05
),

counted as (
    select
        counts.as_of_date,
        moves.*,
        counts.customers as all_customers,
        {% for name in ['at_edge', 'customers', 'revenue'] %}
        case moves.no
            {% for move in moves %}
            when {{ move.no }} then counts.{{ name }}_{{ move.no }}
            {% endfor %}
        end as {{ name }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('moved_edge_counts') }} as counts
    inner join moves
        on (counts.as_of_date >= moves.valid_from or moves.valid_from is null)
        and (counts.as_of_date < moves.valid_to or moves.valid_to is null)
)

select
    as_of_date,
    dimension,
    measure,
    edge,
    change,
    moved_to,
    classes,
    at_edge as customers_at_edge,
    case when moved_to <> edge then customers end as customers,
    case when moved_to <> edge then cast(customers as double) / all_customers end as share,
    case when moved_to <> edge then cast(revenue as decimal(18, 2)) end as recent_net_revenue
from counted
