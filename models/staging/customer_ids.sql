with links as (
    select chains.*
    from {{ ref('merge_chains') }} as chains
    inner join {{ ref('checked_customer_merges') }} as checked
        on chains.customer_id = checked.customer_id and checked.rejected_because is null
)

select
    customer_id,
    survivor_id
from links
union all
select
    customers.customer_id,
    customers.customer_id as survivor_id
from {{ ref('checked_customers') }} as customers
left join links on customers.customer_id = links.customer_id
where customers.rejected_because is null and links.customer_id is null
