-- depends_on: {{ ref('criteria') }}
-- depends_on: {{ ref('presets') }}
-- Who is served first, and by whom? First the tier, then those about to leave, then recent and total net revenue;
-- equal customers share a rank.
with tiers as (
    select
        customer_id,
        as_of_date,
        {{ judge('owner_tier') }} as owner_tier,
        case when lifecycle = 'at_risk' then 1 else 0 end as is_leaving,
        recent_spend,
        monetary
    from {{ ref('latest_classes') }}
)

select
    customer_id,
    as_of_date,
    cast(rank() over (
        order by
            case owner_tier when 'senior' then 1 when 'standard' then 2 else 3 end,
            is_leaving desc,
            recent_spend desc,
            monetary desc
    ) as bigint) as priority_rank,
    owner_tier
from tiers
