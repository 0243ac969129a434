{{ config(severity='warn') }}
-- The last holdout of the model whose numbers are shown is within the limits of rules/forecast_limits.csv. A warning on
-- your data: beyond the outer limits customer_forecast shows no number of the model, the build goes on.
select
    backtest.as_of_date,
    backtest.predictor,
    backtest.total_ratio,
    backtest.auc,
    backtest.status
from {{ ref('forecast_backtest') }} as backtest
inner join {{ ref('as_of_dates') }} as dates on backtest.as_of_date = dates.holdout_from and dates.is_latest
where backtest.predictor = '{{ var("forecast_model") }}' and backtest.status in ('warn', 'stop')
