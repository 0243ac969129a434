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
),

-- who has refused under one of his ids has refused
consents as (
    select
        living_id,
        min(case when marketing_consent then 1 else 0 end) = 1 as marketing_consent
    from {{ ref('stg_customers') }}
    where marketing_consent is not null
    group by living_id
)

select
    tiers.customer_id,
    tiers.as_of_date,
    cast(rank() over (
        order by
            case tiers.owner_tier when 'senior' then 1 when 'standard' then 2 else 3 end,
            tiers.is_leaving desc,
            tiers.recent_spend desc,
            tiers.monetary desc
    ) as bigint) as priority_rank,
    tiers.owner_tier,
    consents.marketing_consent
from tiers
left join consents on tiers.customer_id = consents.living_id
