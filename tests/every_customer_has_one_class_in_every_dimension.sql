-- each customer in the spine, on each date, in each dimension: once, and a class of the dictionary
with spine as (
    select
        measures.customer_id,
        measures.as_of_date,
        dimensions.dimension
    from {{ ref('customer_measures') }} as measures
    cross join {{ ref('dimensions') }} as dimensions
    where measures.is_reported
),

held as (
    select
        long.customer_id,
        long.as_of_date,
        long.dimension,
        count(*) as classes,
        count(classes.class) as known_classes
    from {{ ref('customer_segments_long') }} as long
    left join {{ ref('classes') }} as classes on long.dimension = classes.dimension and long.class = classes.class
    group by 1, 2, 3
)

select
    coalesce(spine.customer_id, held.customer_id) as customer_id,
    coalesce(spine.as_of_date, held.as_of_date) as as_of_date,
    coalesce(spine.dimension, held.dimension) as dimension,
    held.classes,
    held.known_classes
from spine
full outer join held
    on spine.customer_id = held.customer_id and spine.as_of_date = held.as_of_date and spine.dimension = held.dimension
where spine.customer_id is null or held.customer_id is null or held.classes <> 1 or held.known_classes <> 1
