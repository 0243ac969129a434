{{ config(materialized='view') }}
-- depends_on: {{ ref('gate_results') }}
-- living_id is another customer's where the id was merged into it: then its orders are that one's
select
    customers.*,
    ids.survivor_id as living_id
from {{ ref('checked_customers') }} as customers
inner join {{ ref('customer_ids') }} as ids on customers.customer_id = ids.customer_id
where customers.rejected_because is null
