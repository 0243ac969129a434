-- depends_on: {{ ref('dimensions') }}
-- depends_on: {{ ref('classes') }}
-- depends_on: {{ ref('customer_classes') }}
-- each customer in the spine stands once on each date, and holds a class of the dictionary in each dimension
with spine as (
    select
        customer_id,
        as_of_date
    from {{ ref('customer_measures') }}
    where {{ is_judged_now() }} and as_of_date in (select dates.as_of_date from {{ ref('as_of_dates') }} as dates where dates.is_reported)
),

judged as (
    select
        customer_id,
        as_of_date,
        count(*) as times
    from {{ ref('customer_classes') }}
    where {{ is_judged_now() }}
    group by customer_id, as_of_date
)

select
    coalesce(cast(judged.times as string), 'no') || ' rows for a customer and date' as fault,
    coalesce(spine.customer_id, judged.customer_id) as held_by,
    coalesce(spine.as_of_date, judged.as_of_date) as as_of_date
from spine
full outer join judged on spine.customer_id = judged.customer_id and spine.as_of_date = judged.as_of_date
where spine.customer_id is null or judged.customer_id is null or judged.times <> 1
{% for dimension in rule_rows('dimensions', 'dimension') %}
union all
select
    'no class of classes.csv in {{ dimension.dimension }}' as fault,
    judged.held_by,
    judged.as_of_date
from (
    select
        {{ dimension.dimension }} as class,
        min(customer_id) as held_by,
        min(as_of_date) as as_of_date
    from {{ ref('customer_classes') }}
    where {{ is_judged_now() }}
    group by {{ dimension.dimension }}
) as judged
left join {{ ref('classes') }} as classes
    on classes.dimension = '{{ dimension.dimension }}' and judged.class = classes.class
where classes.class is null
{% endfor %}
