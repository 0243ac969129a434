-- Who would move if the proposed criteria were adopted? Those who stay are left out.    dbt show --select who_would_move --limit 99
select
    impact.dimension,
    from_class.name_en as from_class,
    to_class.name_en as to_class,
    impact.direction,
    impact.customers,
    round(100 * impact.share, 1) as percent_of_customers,
    impact.recent_net_revenue,
    impact.net_revenue
from {{ ref('criteria_impact') }} as impact
inner join {{ ref('segment_classes') }} as from_class
    on impact.dimension = from_class.dimension and impact.from_class = from_class.class
inner join {{ ref('segment_classes') }} as to_class
    on impact.dimension = to_class.dimension and impact.to_class = to_class.class
where impact.direction <> 'stays'
order by impact.dimension asc, impact.customers desc, from_class.class_order asc, to_class.class_order asc
