{{ config(materialized='view') }}
-- depends_on: {{ ref('gate_results') }}
select *
from {{ ref('checked_campaign_contacts') }}
where rejected_because is null
