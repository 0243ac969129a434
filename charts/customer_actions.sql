-- What is to be done for each customer shown? The three most urgent strategies of his classes that are not held with low confidence.
select
    held.customer_id,
    steps.priority,
    held.dimension,
    held.class,
    steps.strategy as strategy_en,
    steps.strategy_zh,
    steps.action_en,
    steps.action_zh,
    steps.owner_team
from temp.customer_classes as held
inner join segment_strategies as steps on held.dimension = steps.dimension and held.class = steps.class and steps.action_no = 1
where held.confidence <> 'low'
qualify row_number() over (partition by held.customer_id order by steps.priority, held.dimension <> 'rfm_segment', held.dimension) <= 3
order by held.customer_id, steps.priority, held.dimension <> 'rfm_segment', held.dimension
