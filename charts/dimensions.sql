-- Which questions are asked of a customer, and of which do the data say something?
select
    classes.dimension,
    min(classes.dimension_en) as name_en,
    min(classes.dimension_zh) as name_zh,
    coalesce(sum(sizes.customers) filter (where classes.class not in ('unknown', 'not_applicable')), 0) > 0 as is_known
from segment_classes as classes
left join segment_sizes as sizes
    on classes.dimension = sizes.dimension and classes.class = sizes.class
    and sizes.as_of_date = getvariable('as_of_date')
group by classes.dimension
order by classes.dimension <> 'rfm_segment', name_en, classes.dimension
