-- Who moved since the as-of date before, and how much money moved with them? The moves of one dimension, most money first.
--     dbt show --select who_moved --limit 99 --vars 'dimension: lifecycle'
select
    migrations.from_date,
    migrations.as_of_date,
    migrations.from_class,
    migrations.to_class,
    migrations.kind,
    migrations.customers,
    coalesce(migrations.recent_net_revenue_before, migrations.recent_net_revenue) as recent_net_revenue
from {{ ref('segment_migrations') }} as migrations
inner join {{ ref('as_of_dates') }} as dates on migrations.as_of_date = dates.as_of_date and dates.is_latest
where migrations.dimension = '{{ var("dimension", "lifecycle") | replace("'", "''") }}' and migrations.kind <> 'stayed'
order by
    recent_net_revenue desc,
    migrations.from_class asc nulls first,
    migrations.to_class asc nulls first,
    migrations.kind asc
