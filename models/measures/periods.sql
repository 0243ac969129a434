-- The period that ends on each as-of date, the day included, and begins after the as-of date before it. Whatever compares
-- two dates takes them from here, so that its rows of a date depend on that date and an earlier one and on nothing else.
with dates as (
    select
        as_of_date,
        lag(as_of_date) over (order by as_of_date) as from_date,
        cast({{ dbt.last_day(dbt.dateadd('month', -1, 'as_of_date'), 'month') }} as date) as last_month_end,
        cast({{ dbt.last_day(dbt.dateadd('month', -12, 'as_of_date'), 'month') }} as date) as last_year_date,
        cast({{ dbt.last_day('as_of_date', 'month') }} as date) as this_month_end
    from {{ ref('as_of_dates') }}
    where is_reported
)

select
    as_of_date,
    from_date,
    last_year_date,
    as_of_date = this_month_end and from_date = last_month_end as is_whole_month
from dates
where from_date is not null
