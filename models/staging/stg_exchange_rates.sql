{{ config(materialized='view') }}
-- depends_on: {{ ref('gate_results') }}
select *
from {{ ref('checked_exchange_rates') }}
where rejected_because is null
