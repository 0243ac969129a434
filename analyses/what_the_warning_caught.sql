-- Whom did the churn warnings of past dates catch? Of each level how many bought no more within the horizon (precision),
-- and which part they are of all who did not (recall). Only dates on which the warning was judged, their horizon ended.
--     dbt show --select what_the_warning_caught
with levels as (
    select
        backtest.class,
        classes.class_order,
        count(*) as dates,
        sum(backtest.customers) as customers,
        sum(backtest.customers * (1 - backtest.repurchase_rate)) as lost
    from {{ ref('segment_backtest') }} as backtest
    inner join {{ ref('segment_classes') }} as classes
        on backtest.dimension = classes.dimension and backtest.class = classes.class
    where backtest.dimension = 'churn_warning' and backtest.class <> 'unknown'
    group by backtest.class, classes.class_order
)

select
    class as churn_warning,
    dates,
    customers,
    round(lost / customers, 3) as precision,
    round(lost / sum(lost) over (), 3) as recall
from levels
order by class_order
