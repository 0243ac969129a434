-- in the sample company no dimension leaves more customers unknown on the latest date than dimensions.csv allows
select
    sizes.dimension,
    sizes.share,
    dimensions.unknown_at_most
from {{ ref('segment_sizes') }} as sizes
inner join {{ ref('dimensions') }} as dimensions on sizes.dimension = dimensions.dimension
inner join {{ ref('as_of_dates') }} as dates on sizes.as_of_date = dates.as_of_date and dates.is_latest
where sizes.class = 'unknown'
    and sizes.share > dimensions.unknown_at_most
    and {{ 'true' if var('raw_path') == 'seeds/sample' and var('preset') == 'ecommerce' and not var('as_of_date') else 'false' }}
