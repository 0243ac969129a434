-- How has the size of each class changed over the last 36 dates?
select sizes.dimension, sizes.as_of_date, sizes.class, sizes.customers, sizes.share
from segment_sizes as sizes
left join segment_classes as classes using (dimension, class)
where
    sizes.as_of_date in (select distinct as_of_date from segment_sizes order by as_of_date desc limit 36)
    -- a class that nobody held on any of the dates needs no line
    and exists (
        select 1 from segment_sizes as held
        where held.dimension = sizes.dimension and held.class = sizes.class and held.customers > 0
    )
order by sizes.dimension, sizes.as_of_date, classes.class_order desc, sizes.class
