-- Who stays, and who leaves? Of each value tier held when a month began, who bought in it and who churned; whole months only
--     dbt show --select who_stays --limit 99
select
    class,
    sum(active_customers) as active_customers,
    round(100.0 * sum(retained_customers) / nullif(sum(active_customers), 0), 1) as percent_retained,
    sum(churned_customers) as churned_customers,
    round(100.0 * sum(churned_customers) / nullif(sum(current_customers), 0), 1) as percent_churned
from {{ ref('segment_kpis') }}
where dimension = 'value_tier' and is_whole_month and class <> 'unknown'
group by class
order by percent_retained desc
