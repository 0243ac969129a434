-- depends_on: {{ ref('criteria') }}
-- every customer, every number about him and every class drawn from it, judged in one scan
with scored as (
    select * from {{ ref('customer_scores') }}
),

grid as (
    select
        rfm_score,
        {{ word('segment') }} as rfm_segment
    from {{ ref('rfm_grid') }}
    where taxonomy = 'standard_11'
)

select
    scored.*,
    case when scored.frequency = 0 then 'prospect' else coalesce(grid.rfm_segment, 'unknown') end as rfm_segment,
    {{ judge('value_tier') }} as value_tier,
    {{ judge('contribution_tier') }} as contribution_tier,
    {{ judge('purchase_behaviour') }} as purchase_behaviour,
    {{ judge('purchase_frequency') }} as purchase_frequency,
    {{ judge('purchase_amount') }} as purchase_amount,
    {{ judge('lifecycle') }} as lifecycle,
    {{ judge('channel') }} as channel
from scored
left join grid on scored.rfm_score = grid.rfm_score
where scored.is_reported
