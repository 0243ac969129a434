-- depends_on: {{ ref('scores') }}
-- the same customers in five published taxonomies, each scored by its authors' own rule
{% set scores = score_rules("taxonomy <> 'standard_11'") %}
with each_date_cuts as (
    {{ cuts_in_a_row(scores) }}
),

scored as (
    select
        classes.*,
        {% for score in scores %}
        {{ score_column(score) }},
        {% endfor %}
        -- Klaviyo's default for recency is fixed in days
        case
            when classes.recency_days <= 180 then 3
            when classes.recency_days <= 365 then 2
            when classes.recency_days > 365 then 1
        end as klaviyo_r
    from {{ ref('customer_classes') }} as classes
    left join each_date_cuts on classes.as_of_date = each_date_cuts.made_on
    where {{ 'true' if var('crosswalk_history') else 'classes.is_latest' }}
),

taxonomies as (
    {% for taxonomy, prefix in [
        ('standard_11', ''), ('shopify', 'shopify_'), ('klaviyo', 'klaviyo_'), ('pymc', 'pymc_'), ('r_rfm', 'r_rfm_')
    ] %}
    {% set suffix = '_score' if taxonomy == 'standard_11' else '' %}
    select
        customer_id,
        as_of_date,
        '{{ taxonomy }}' as taxonomy,
        {{ prefix }}r{{ suffix }} as r_score,
        {{ prefix }}f{{ suffix }} as f_score,
        {{ prefix }}m{{ suffix }} as m_score
    from scored
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    taxonomies.*,
    case when taxonomies.r_score is null then 'PROSPECTS' else grid.segment end as segment
from taxonomies
left join {{ ref('rfm_grid') }} as grid
    on taxonomies.taxonomy = grid.taxonomy
    and cast(taxonomies.r_score * 100 + taxonomies.f_score * 10 + taxonomies.m_score as string) = grid.rfm_score
-- only Shopify has a group for people who have not ordered yet
where taxonomies.r_score is not null or taxonomies.taxonomy = 'shopify'
