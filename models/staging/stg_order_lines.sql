{{ config(materialized='view') }}
-- depends_on: {{ ref('gate_results') }}
select *
from {{ ref('checked_order_lines') }}
where rejected_because is null
