{{ config(materialized='view') }}
select segments.*
from {{ ref('customer_segments') }} as segments
inner join {{ ref('as_of_dates') }} as dates on segments.as_of_date = dates.as_of_date and dates.is_latest
