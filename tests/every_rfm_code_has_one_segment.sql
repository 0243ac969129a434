-- each code of each taxonomy once: five, four or three bins on three axes
with codes as (
    select
        taxonomies.taxonomy,
        cast(r.generated_number * 100 + f.generated_number * 10 + m.generated_number as string) as rfm_score
    from (
        select distinct
            taxonomy,
            case taxonomy when 'klaviyo' then 3 when 'pymc' then 4 else 5 end as bins
        from {{ ref('rfm_grid') }}
    ) as taxonomies
    inner join ({{ dbt.generate_series(5) }}) as r on r.generated_number <= taxonomies.bins
    inner join ({{ dbt.generate_series(5) }}) as f on f.generated_number <= taxonomies.bins
    inner join ({{ dbt.generate_series(5) }}) as m on m.generated_number <= taxonomies.bins
)

select
    coalesce(codes.taxonomy, grid.taxonomy) as taxonomy,
    coalesce(codes.rfm_score, grid.rfm_score) as rfm_score,
    count(grid.segment) as segments
from codes
full outer join {{ ref('rfm_grid') }} as grid on codes.taxonomy = grid.taxonomy and codes.rfm_score = grid.rfm_score
group by 1, 2
having count(grid.segment) <> 1 or count(codes.rfm_score) <> 1
