{{ config(materialized='view') }}
-- each class on each date beside the same class on the date before and a year before, with its part of the population
-- stability index: (share - share before) * ln(share / share before), summed over the classes
with comparisons as (
    select
        as_of_date,
        'previous' as compared_with,
        from_date as compared_date
    from {{ ref('periods') }}
    union all
    select
        as_of_date,
        'last_year' as compared_with,
        last_year_date as compared_date
    from {{ ref('periods') }}
),

sizes as (
    select
        comparisons.*,
        later.dimension,
        later.class,
        earlier.customers as customers_before,
        later.customers,
        cast(sum(earlier.customers) over dimensions as double) as all_before,
        cast(sum(later.customers) over dimensions as double) as all_customers
    from comparisons
    inner join {{ ref('segment_sizes') }} as later on comparisons.as_of_date = later.as_of_date
    inner join {{ ref('segment_sizes') }} as earlier
        on comparisons.compared_date = earlier.as_of_date
        and later.dimension = earlier.dimension and later.class = earlier.class
    window dimensions as (partition by comparisons.as_of_date, comparisons.compared_with, later.dimension)
),

-- an empty class counts as half a customer where it had some on the other date: nothing has no logarithm
counted as (
    select
        *,
        case when customers_before > 0 then customers_before when customers > 0 then 0.5e0 end / nullif(all_before, 0) as part_before,
        case when customers > 0 then customers when customers_before > 0 then 0.5e0 end / nullif(all_customers, 0) as part
    from sizes
)

select
    as_of_date,
    compared_with,
    compared_date,
    dimension,
    class,
    customers_before,
    customers,
    all_before,
    all_customers,
    case
        when customers + customers_before > 0 then (part - part_before) * ln(part / part_before)
        when all_before > 0 and all_customers > 0 then 0
    end as psi_part
from counted
