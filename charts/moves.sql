-- From which class to which did customers go in the latest period?
select
    moves.dimension,
    moves.from_date,
    moves.as_of_date,
    moves.from_class,
    moves.to_class,
    moves.kind,
    moves.direction,
    moves.customers,
    moves.recent_net_revenue
from segment_migrations as moves
left join segment_classes as before on moves.dimension = before.dimension and moves.from_class = before.class
left join segment_classes as now on moves.dimension = now.dimension and moves.to_class = now.class
where moves.as_of_date = getvariable('as_of_date')
order by
    moves.dimension, before.class_order desc nulls last, now.class_order desc nulls last,
    moves.from_class, moves.to_class, moves.kind
