{{ config(materialized='view') }}
-- depends_on: {{ ref('dimensions') }}
-- The overrides in force by customer and as-of date, a column per dimension: of a known customer, with a class of the
-- dictionary, not expired. Of two for one dimension the one that lasts longer.
with in_force as (
    select
        ids.survivor_id as customer_id,
        dates.as_of_date,
        overrides.dimension,
        max_by(overrides.class, coalesce(cast(overrides.expires_on as string), '9999-12-31') || overrides.class) as class
    from {{ ref('overrides') }} as overrides
    inner join {{ ref('customer_ids') }} as ids on overrides.customer_id = ids.customer_id
    inner join {{ ref('classes') }} as classes
        on overrides.dimension = classes.dimension and overrides.class = classes.class
    inner join {{ ref('as_of_dates') }} as dates
        on dates.as_of_date < overrides.expires_on or overrides.expires_on is null
    group by ids.survivor_id, dates.as_of_date, overrides.dimension
)

select
    customer_id,
    as_of_date
    {%- for row in rule_rows('dimensions', 'dimension') %},
    max(case when dimension = '{{ row.dimension }}' then class end) as {{ row.dimension }}_override
    {%- endfor %}
from in_force
group by customer_id, as_of_date
