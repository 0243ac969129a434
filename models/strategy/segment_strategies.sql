{{ config(materialized='view') }}
-- every class with its strategy and the actions it consists of; a class may take its actions from another one
with strategies as (
    select
        *,
        dimension || '.' || class as own_key
    from {{ ref('strategies') }}
),

actions as (
    select
        *,
        dimension || '.' || class as class_key
    from {{ ref('strategy_actions') }}
)

select
    strategies.dimension,
    strategies.class,
    actions.action_no,
    strategies.strategy_en as strategy,
    strategies.strategy_zh,
    actions.action_en,
    actions.action_zh,
    actions.kind,
    strategies.objective_en as objective,
    strategies.objective_zh,
    strategies.owner_team,
    strategies.channel,
    strategies.cadence,
    strategies.kpi,
    strategies.priority,
    case
        when strategies.inherits_from is null then actions.source
        else 'inherited from ' || strategies.inherits_from || ' (' || actions.source || ')'
    end as source
from strategies
inner join actions on coalesce(strategies.inherits_from, strategies.own_key) = actions.class_key
