-- two roads to one number: those who left, stayed and moved are who held the class before, those who came, stayed and
-- moved are who hold it now; so is their revenue
with moves as (
    select
        as_of_date,
        'before' as side,
        dimension,
        from_class as class,
        sum(customers) as customers,
        sum(recent_net_revenue_before) as recent_net_revenue
    from {{ ref('segment_migrations') }}
    where from_class is not null
    group by as_of_date, dimension, from_class
    union all
    select
        as_of_date,
        'now' as side,
        dimension,
        to_class as class,
        sum(customers) as customers,
        sum(recent_net_revenue) as recent_net_revenue
    from {{ ref('segment_migrations') }}
    where to_class is not null
    group by as_of_date, dimension, to_class
),

populations as (
    select
        periods.as_of_date,
        'before' as side,
        sizes.dimension,
        sizes.class,
        sizes.customers,
        sizes.recent_net_revenue
    from {{ ref('periods') }} as periods
    inner join {{ ref('segment_sizes') }} as sizes on periods.from_date = sizes.as_of_date
    union all
    select
        periods.as_of_date,
        'now' as side,
        sizes.dimension,
        sizes.class,
        sizes.customers,
        sizes.recent_net_revenue
    from {{ ref('periods') }} as periods
    inner join {{ ref('segment_sizes') }} as sizes on periods.as_of_date = sizes.as_of_date
)

select
    coalesce(populations.as_of_date, moves.as_of_date) as as_of_date,
    coalesce(populations.side, moves.side) as side,
    coalesce(populations.dimension, moves.dimension) as dimension,
    coalesce(populations.class, moves.class) as class,
    populations.customers as customers_of_sizes,
    moves.customers as customers_of_moves,
    populations.recent_net_revenue as revenue_of_sizes,
    moves.recent_net_revenue as revenue_of_moves
from populations
full outer join moves
    on populations.as_of_date = moves.as_of_date and populations.side = moves.side
    and populations.dimension = moves.dimension and populations.class = moves.class
where coalesce(populations.customers, 0) <> coalesce(moves.customers, 0)
    or coalesce(populations.recent_net_revenue, 0) <> coalesce(moves.recent_net_revenue, 0)
