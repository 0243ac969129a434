{{ config(materialized='view') }}
-- the rows of overrides.csv that judge nobody on the latest date, and why
with latest as (
    select as_of_date
    from {{ ref('as_of_dates') }}
    where is_latest
),

matched as (
    select
        overrides.*,
        latest.as_of_date,
        case
            when ids.customer_id is null then 'nobody has this customer_id'
            when classes.class is null then 'classes.csv has no such class in this dimension'
            when overrides.expires_on <= latest.as_of_date then 'expired'
            when row_number() over (
                partition by ids.survivor_id, overrides.dimension, classes.class is null,
                    coalesce(overrides.expires_on <= latest.as_of_date, false)
                order by coalesce(cast(overrides.expires_on as string), '9999-12-31') || overrides.class desc
            ) > 1
                then 'another row overrides the same dimension of the customer: the one that lasts longest counts'
        end as fault
    from {{ ref('overrides') }} as overrides
    cross join latest
    left join {{ ref('customer_ids') }} as ids on overrides.customer_id = ids.customer_id
    left join {{ ref('classes') }} as classes
        on overrides.dimension = classes.dimension and overrides.class = classes.class
)

select
    as_of_date,
    customer_id,
    dimension,
    class,
    fault,
    because,
    approved_by,
    expires_on
from matched
where fault is not null
