{{ config(severity='warn') }}
-- Over all past dates whose period is known, those in the best class held bought again more often than those in the worst
-- one, of the customers who had bought before. Of your data a warning: few customers, or a shop that everybody leaves,
-- may not know better. Of the real data sets that the tests build it is an error.
with pooled as (
    select
        backtest.dimension,
        backtest.class,
        classes.class_order,
        sum(backtest.repurchase_rate * backtest.customers) / sum(backtest.customers) as repurchase_rate
    from {{ ref('segment_backtest') }} as backtest
    inner join {{ ref('classes') }} as classes
        on backtest.dimension = classes.dimension and backtest.class = classes.class
    where backtest.dimension in ('rfm_segment', 'value_tier') and backtest.class not in ('prospect', 'unknown')
    group by backtest.dimension, backtest.class, classes.class_order
),

ends as (
    select
        dimension,
        min_by(class, class_order) as worst_class,
        min_by(repurchase_rate, class_order) as worst_rate,
        max_by(class, class_order) as best_class,
        max_by(repurchase_rate, class_order) as best_rate
    from pooled
    group by dimension
)

select *
from ends
where worst_class <> best_class and not best_rate > worst_rate
