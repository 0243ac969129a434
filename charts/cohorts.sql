-- Of the customers who first bought in a month, how many bought in each month since? The last 24 cohorts, whole months only.
select
    strftime(cohort_month, '%Y-%m') as cohort_month,
    months_since,
    active_customers,
    customers,
    retention_rate,
    -- the first month, in which all of them bought by definition, does not set the scale
    least(1, retention_rate / max(retention_rate) filter (where months_since > 0) over ()) as shade
from cohort_retention
where
    is_whole_month
    and months_since < 24
    and cohort_month in (select distinct cohort_month from cohort_retention where is_whole_month order by cohort_month desc limit 24)
order by cohort_month, months_since
