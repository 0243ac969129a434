-- Who comes back? Of those who first bought in a quarter, the share who bought one, two and three calendar months later;
-- months that are not over left out
--     dbt show --select who_comes_back
select
    extract(year from cohort_month) as year,
    extract(quarter from cohort_month) as quarter,
    sum(customers) filter (where months_since = 0) as new_customers,
    {%- for months in [1, 2, 3] %}
    round(100.0 * sum(active_customers) filter (where months_since = {{ months }} and is_whole_month)
        / nullif(sum(customers) filter (where months_since = {{ months }} and is_whole_month), 0), 1) as percent_after_{{ months }}
    {{- ',' if not loop.last }}
    {%- endfor %}
from {{ ref('cohort_retention') }}
group by 1, 2
order by 1, 2
