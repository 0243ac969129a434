{{ config(materialized='view') }}
-- depends_on: {{ ref('gate_results') }}
select *
from {{ ref('checked_feedback') }}
where rejected_because is null
