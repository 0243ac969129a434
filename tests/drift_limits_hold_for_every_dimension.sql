-- each comparison has one row for every dimension and at most one for each, and its limits rise
with rows_of as (
    select
        comparisons.compared_with,
        limits.dimension,
        count(limits.compared_with) as times,
        min(case when limits.warn_at > 0 and limits.warn_at < limits.stop_at and limits.customers_at_least > 0 then 1 else 0 end) as rises
    from (values ('previous'), ('last_year')) as comparisons(compared_with) -- noqa: AL05
    left join {{ ref('drift_limits') }} as limits on comparisons.compared_with = limits.compared_with
    group by comparisons.compared_with, limits.dimension
)

select
    compared_with,
    dimension,
    'a row too many, limits that do not rise, or no such dimension' as fault
from rows_of
where times > 1 or (times = 1 and rises = 0)
    or dimension not in (select dimensions.dimension from {{ ref('dimensions') }} as dimensions)
union all
select
    compared_with,
    null as dimension,
    'no row for every dimension' as fault
from rows_of
group by compared_with
having count(*) filter (where dimension is null and times > 0) <> 1
union all
select
    limits.compared_with,
    limits.dimension,
    'no such comparison' as fault
from {{ ref('drift_limits') }} as limits
where limits.compared_with not in ('previous', 'last_year')
