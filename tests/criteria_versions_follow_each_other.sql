-- the versions of a dimension's criteria, in force or proposed: the first has no beginning, the last no end, and one
-- ends where the next begins
with versions as (
    select distinct
        preset,
        dimension,
        coalesce(status, 'in_force') as status,
        valid_from,
        valid_to
    from {{ ref('criteria') }}
),

neighbours as (
    select
        *,
        lead(valid_from) over (partition by preset, dimension, status order by valid_from nulls first, valid_to) as next_valid_from,
        row_number() over (partition by preset, dimension, status order by valid_from nulls first, valid_to) as version_no
    from versions
)

select *
from neighbours
where valid_to is distinct from next_valid_from or (version_no = 1 and valid_from is not null)
