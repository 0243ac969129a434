-- depends_on: {{ ref('criteria') }}
-- depends_on: {{ ref('presets') }}
-- who would move from where to where if the proposed criteria were adopted, and with how much money
with moves as (
    select
        as_of_date,
        dimension,
        from_class,
        to_class,
        count(*) as customers,
        cast(sum(recent_spend) as decimal(18, 2)) as recent_net_revenue,
        cast(sum(monetary) as decimal(18, 2)) as net_revenue
    from {{ ref('proposed_classes') }}
    group by as_of_date, dimension, from_class, to_class
)

select
    moves.as_of_date,
    moves.dimension,
    moves.from_class,
    moves.to_class,
    case
        when moves.from_class = moves.to_class then 'stays'
        when meanings.direction in ('up', 'down') then meanings.direction
        else 'sideways'
    end as direction,
    moves.customers,
    cast(moves.customers as double) / sum(moves.customers) over (partition by moves.dimension) as share,
    moves.recent_net_revenue,
    moves.net_revenue,
    case
        {% for (dimension, class), sentence in sentences(criteria_of(var('preset'), if_adopted=true)).items() %}
        when moves.dimension = '{{ dimension }}' and moves.to_class = '{{ class }}' then '{{ sentence }}'
        {% endfor %}
        when moves.to_class = 'unknown' then 'nothing to judge by'
    end as proposed_criteria
from moves
left join {{ ref('class_moves') }} as meanings
    on moves.dimension = meanings.dimension and moves.from_class = meanings.from_class and moves.to_class = meanings.to_class
