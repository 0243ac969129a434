-- each customer who moved, came or left is an event, each event is such a customer, and nobody twice; who is judged for
-- the first time because the question is new did nothing
with events as (
    select
        as_of_date,
        dimension,
        coalesce(left_class, 'nobody') as left_class,
        coalesce(entered_class, 'nobody') as entered_class,
        kind,
        count(distinct customer_id) as customers,
        count(*) as times
    from {{ ref('segment_events') }}
    where {{ is_judged_now() }}
    group by 1, 2, 3, 4, 5
),

moves as (
    select
        migrations.as_of_date,
        migrations.dimension,
        coalesce(migrations.from_class, 'nobody') as left_class,
        coalesce(migrations.to_class, 'nobody') as entered_class,
        migrations.kind,
        migrations.customers
    from {{ ref('segment_migrations') }} as migrations
    inner join {{ ref('dimensions') }} as dimensions
        on migrations.dimension = dimensions.dimension and dimensions.gives_events
    where migrations.kind not in ('stayed', 'first_judged') and {{ is_judged_now('migrations.as_of_date') }}
)

select
    coalesce(events.as_of_date, moves.as_of_date) as as_of_date,
    coalesce(events.dimension, moves.dimension) as dimension,
    coalesce(events.kind, moves.kind) as kind,
    events.customers as customers_of_events,
    events.times,
    moves.customers as customers_of_moves
from events
full outer join moves
    on events.as_of_date = moves.as_of_date and events.dimension = moves.dimension
    and events.left_class = moves.left_class and events.entered_class = moves.entered_class and events.kind = moves.kind
where events.customers is distinct from moves.customers or events.times <> events.customers
