-- how far the customers have shifted between the classes of a dimension, and whether that is more than the limits allow
with drifts as (
    select
        *,
        -- a sum of doubles would depend on the order of the rows
        cast(sum(cast(psi_part as decimal(38, 20))) over (partition by as_of_date, compared_with, dimension) as double) as psi
    from {{ ref('segment_shifts') }}
),

limits as (
    select
        drifts.*,
        coalesce(own.warn_at, usual.warn_at) as warn_at,
        coalesce(own.stop_at, usual.stop_at) as stop_at,
        coalesce(own.customers_at_least, usual.customers_at_least) as customers_at_least
    from drifts
    left join {{ ref('drift_limits') }} as own
        on drifts.compared_with = own.compared_with and drifts.dimension = own.dimension
    left join {{ ref('drift_limits') }} as usual
        on drifts.compared_with = usual.compared_with and usual.dimension is null
)

select
    as_of_date,
    compared_with,
    compared_date,
    dimension,
    class,
    customers_before,
    customers,
    cast(customers_before as double) / nullif(all_before, 0) as share_before,
    cast(customers as double) / nullif(all_customers, 0) as share,
    cast(customers as double) / nullif(customers_before, 0) - 1 as size_change,
    psi_part,
    psi,
    case
        when least(all_before, all_customers) < customers_at_least then null
        when psi >= stop_at then 'stop'
        when psi >= warn_at then 'warn'
        when psi is not null then 'passed'
    end as status
from limits
