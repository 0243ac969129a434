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
                partition by cast(customer_id as string) order by {{ natural_order('delivery') }} desc, cast(merged_into as string) desc
            ) as place
        from {{ source('raw', 'customer_merges') }}
        where customer_id is not null and merged_into is not null
    ) as stated
    where place = 1
),

-- from the ids that live on, back along the chains: each id is met once, and one in a circle never
walk as (
    select
        links.customer_id,
        links.merged_into as survivor_id
    from links
    left join links as onward on links.merged_into = onward.customer_id
    where onward.customer_id is null
    union all
    select
        links.customer_id,
        walk.survivor_id
    from walk
    inner join links on walk.customer_id = links.merged_into
)

select
    customer_id,
    survivor_id
from walk
{% endif %}
