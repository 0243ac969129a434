-- What do we do for the customers of each class?
select
    strategies.dimension,
    strategies.class,
    any_value(strategies.strategy) as strategy_en,
    any_value(strategies.strategy_zh) as strategy_zh,
    any_value(strategies.objective) as objective_en,
    any_value(strategies.objective_zh) as objective_zh,
    list(strategies.action_en order by strategies.action_no) as actions_en,
    list(strategies.action_zh order by strategies.action_no) as actions_zh,
    any_value(strategies.priority) as priority,
    any_value(strategies.owner_team) as owner_team,
    string_split(any_value(strategies.channel), ';') as channel,
    any_value(strategies.cadence) as cadence,
    any_value(strategies.kpi) as kpi
from segment_strategies as strategies
left join segment_classes as classes using (dimension, class)
group by strategies.dimension, strategies.class, classes.class_order
order by strategies.dimension, classes.class_order desc, strategies.class
