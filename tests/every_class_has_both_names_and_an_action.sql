select
    classes.dimension,
    classes.class,
    classes.name_en,
    classes.name_zh,
    count(strategies.action_en) as actions
from {{ ref('segment_classes') }} as classes
left join {{ ref('segment_strategies') }} as strategies
    on classes.dimension = strategies.dimension and classes.class = strategies.class
group by 1, 2, 3, 4
having count(strategies.action_en) = 0 or classes.name_en is null or classes.name_zh is null
