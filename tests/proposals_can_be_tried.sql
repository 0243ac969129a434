-- a status is one of two words, and what is proposed is a dimension that criteria judge: elsewhere nothing would show the impact
select
    criteria.preset,
    criteria.dimension,
    criteria.rule,
    criteria.status
from {{ ref('criteria') }} as criteria
left join {{ ref('dimensions') }} as dimensions on criteria.dimension = dimensions.dimension
where criteria.status not in ('in_force', 'proposed')
    or (criteria.status = 'proposed' and (dimensions.dimension is null or dimensions.kind = 'grid'))
