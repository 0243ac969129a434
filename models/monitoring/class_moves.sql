{{ config(materialized='view') }}
-- What it means to hold one class and then another of the same dimension. There is no way up or down from a class that
-- says that nothing is known, or to it, nor in a dimension whose classes have no better and worse.
with pairs as (
    select
        earlier.dimension,
        earlier.class as from_class,
        later.class as to_class,
        case
            when later.class = earlier.class then 'same'
            when not dimensions.is_ordered then null
            when earlier.class in ('unknown', 'not_applicable') or later.class in ('unknown', 'not_applicable') then null
            when later.class_order > earlier.class_order then 'up'
            when later.class_order < earlier.class_order then 'down'
            else 'same'
        end as direction
    from {{ ref('classes') }} as earlier
    inner join {{ ref('classes') }} as later on earlier.dimension = later.dimension
    inner join {{ ref('dimensions') }} as dimensions on earlier.dimension = dimensions.dimension
)

select
    *,
    case
        when from_class = to_class then 'stayed'
        when to_class = 'reactivated' then 'reactivated'
        when direction = 'up' then 'moved_up'
        when direction = 'down' then 'moved_down'
        else 'moved'
    end as kind
from pairs
