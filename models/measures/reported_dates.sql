{{ config(materialized='view') }}
-- the as-of dates that the marts show
select *
from {{ ref('as_of_dates') }}
where is_reported
