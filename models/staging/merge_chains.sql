-- depends_on: {{ ref('raw_files') }}
{% if this_run() %}
select * from {{ this }}  -- new merges make a run full
{% else %}
with recursive links as (
    -- two targets for one id: the greater one of the latest delivery, as checked_rows keeps it
    select
        customer_id,
        merged_into
    from (
        select
            cast(customer_id as string) as customer_id,
            cast(merged_into as string) as merged_into,
            row_number() over (
                partition by cast(customer_id as string) order by delivery desc, cast(merged_into as string) desc
            ) as place
        from {{ source('raw', 'customer_merges') }}
        where customer_id is not null and merged_into is not null
    ) as stated
    where place = 1
),

-- who was passed once is not passed again, so a circle ends the walk instead of running for ever
walk as (
    select
        customer_id,
        merged_into,
        {{ dbt.array_construct(['customer_id']) }} as passed
    from links
    union all
    select
        walk.customer_id,
        links.merged_into,
        {{ dbt.array_append('walk.passed', 'links.customer_id') }} as passed
    from walk
    inner join links on walk.merged_into = links.customer_id
    where not array_contains(walk.passed, links.customer_id)
)

-- a circle has no last id
select
    walk.customer_id,
    walk.merged_into as survivor_id
from walk
left join links on walk.merged_into = links.customer_id
where links.customer_id is null
{% endif %}
