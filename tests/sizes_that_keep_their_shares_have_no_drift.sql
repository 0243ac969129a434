-- the index of a dimension is zero where every class keeps its share, and only there
with shifts as (
    select
        as_of_date,
        compared_with,
        dimension,
        max(psi) as psi,
        min(psi_part) as least_part,
        max(abs(share - share_before)) as largest_shift
    from {{ ref('segment_drift') }}
    group by as_of_date, compared_with, dimension
)

select *
from shifts
where (largest_shift = 0) <> (psi = 0) or least_part < 0 or (psi is null) <> (largest_shift is null)
