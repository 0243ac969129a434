-- each check has one row, and its limits rise
with limits as (
    select
        checks.check_name,
        count(limits.check_name) as times,
        bool_and(coalesce(limits.stop_below <= limits.warn_below, true)
            and coalesce(limits.warn_below < limits.warn_above, true)
            and coalesce(limits.warn_above <= limits.stop_above, true)) as rises
    from (values ('customers'), ('repeat_customers'), ('paying_customers'), ('total_ratio'), ('auc')) as checks(check_name) -- noqa: AL05
    left join {{ ref('forecast_limits') }} as limits on checks.check_name = limits.check_name
    group by checks.check_name
)

select
    check_name,
    'not one row for the check, or limits that do not rise' as fault
from limits
where times <> 1 or not rises
union all
select
    check_name,
    'no such check' as fault
from {{ ref('forecast_limits') }}
where check_name not in (select limits.check_name from limits)
