{{ config(severity='warn') }}
-- on the latest date no dimension has shifted so far since the one before that it should be explained first; see segment_drift
select distinct
    drift.dimension,
    drift.compared_date,
    drift.psi
from {{ ref('segment_drift') }} as drift
inner join {{ ref('as_of_dates') }} as dates on drift.as_of_date = dates.as_of_date and dates.is_latest
where drift.status = 'stop' and drift.compared_with = 'previous'
