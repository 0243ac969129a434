-- within a band dimension one line ends where the next begins; criteria name known classes, and edges rise: of the
-- criteria in force, and of the proposed as they would be in force
with bands as (
    select
        criteria.*,
        lead(criteria.at_least) over (
            partition by
                criteria.preset, criteria.dimension, coalesce(criteria.status, 'in_force'), criteria.measure, criteria.valid_from
            order by criteria.at_least nulls first
        ) as next_at_least
    from {{ ref('criteria') }} as criteria
    inner join {{ ref('dimensions') }} as dimensions
        on criteria.dimension = dimensions.dimension and dimensions.kind = 'band'
)

select
    preset,
    dimension,
    class,
    'does not end where the next begins' as fault
from bands
where next_at_least is distinct from below
    -- a first rule on another measure (nobody ordered yet) stands before the bands
    and not (measure = 'frequency' and at_least is null and below = 1)
union all
select
    criteria.preset,
    criteria.dimension,
    criteria.class,
    'names no class of classes.csv, or its edges do not rise' as fault
from {{ ref('criteria') }} as criteria
left join {{ ref('classes') }} as classes on criteria.dimension = classes.dimension and criteria.class = classes.class
where criteria.at_least >= criteria.below
    -- confidence, owner_tier and the like are judged, but are no dimensions
    or (classes.class is null and criteria.dimension in (select dimensions.dimension from {{ ref('dimensions') }} as dimensions))
