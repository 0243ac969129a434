{{ config(materialized='view') }}
-- depends_on: {{ ref('gate_results') }}
-- an id that was merged into another one is not a customer any more; its orders are its survivor's
select customers.*
from {{ ref('checked_customers') }} as customers
inner join {{ ref('customer_ids') }} as ids
    on customers.customer_id = ids.customer_id and customers.customer_id = ids.survivor_id
where customers.rejected_because is null
