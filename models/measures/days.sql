{{ config(materialized='view') }}
-- every day from the first order to the last as-of date: what a metric counts its time by
{% set day = dbt.dateadd('day', 'numbers.days', 'bounds.first_date') %}
with bounds as (
    select
        min(order_date) as first_date,
        (select max(dates.as_of_date) from {{ ref('as_of_dates') }} as dates) as last_date
    from {{ ref('fct_orders') }}
)

select cast({{ day }} as date) as day
from bounds
cross join range(0, 36525) as numbers(days)
where cast({{ day }} as date) <= bounds.last_date
