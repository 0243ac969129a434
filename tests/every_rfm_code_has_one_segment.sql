-- each code of each taxonomy once: five, four or three bins on three axes
with codes as (
    select
        taxonomies.taxonomy,
        cast(r.bin * 100 + f.bin * 10 + m.bin as string) as rfm_score
    from (
        select distinct
            taxonomy,
            case taxonomy when 'klaviyo' then 3 when 'pymc' then 4 else 5 end as bins
        from {{ ref('rfm_grid') }}
    ) as taxonomies
    inner join range(1, 6) as r(bin) on r.bin <= taxonomies.bins
    inner join range(1, 6) as f(bin) on f.bin <= taxonomies.bins
    inner join range(1, 6) as m(bin) on m.bin <= taxonomies.bins
)

select
    coalesce(codes.taxonomy, grid.taxonomy) as taxonomy,
    coalesce(codes.rfm_score, grid.rfm_score) as rfm_score,
    count(grid.segment) as segments
from codes
full outer join {{ ref('rfm_grid') }} as grid on codes.taxonomy = grid.taxonomy and codes.rfm_score = grid.rfm_score
group by 1, 2
having count(grid.segment) <> 1 or count(codes.rfm_score) <> 1
