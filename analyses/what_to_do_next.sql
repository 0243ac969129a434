-- What do we do next for those at risk, and who does it?
--     dbt show --select what_to_do_next --limit 99
select
    strategies.action_no,
    strategies.action_en,
    strategies.owner_team,
    strategies.cadence,
    strategies.source
from {{ ref('segment_strategies') }} as strategies
where strategies.dimension = 'lifecycle' and strategies.class = 'at_risk'
order by strategies.action_no
