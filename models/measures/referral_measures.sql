-- How many customers had come on somebody's word by each as-of date.
with known as (
    select
        registered.living_id as customer_id,
        least(min(cast(registered.created_at as date)), min(first_orders.first_date)) as known_since
    from {{ ref('stg_customers') }} as registered
    left join {{ ref('first_orders') }} as first_orders on registered.living_id = first_orders.customer_id
    group by registered.living_id
),

referred_on as (
    select
        referrers.survivor_id as customer_id,
        -- who has no date at all is known on the latest date only
        coalesce(least(cast(referred.created_at as date), first_orders.first_date), dates.as_of_date) as event_date,
        dates.as_of_date as latest_date
    from {{ ref('stg_customers') }} as referred
    inner join {{ ref('customer_ids') }} as referrers on referred.referred_by = referrers.customer_id
    inner join {{ ref('as_of_dates') }} as dates on dates.is_latest
    left join {{ ref('first_orders') }} as first_orders on referred.customer_id = first_orders.customer_id
    where referred.customer_id = referred.living_id and referrers.survivor_id <> referred.customer_id
),

events as (
    select
        referred_on.customer_id,
        -- nobody refers before he is known himself; so his coming later changes no past sum
        greatest(referred_on.event_date, coalesce(known.known_since, referred_on.latest_date)) as event_date,
        count(*) as referrals
    from referred_on
    left join known on referred_on.customer_id = known.customer_id
    group by 1, 2
),

{{ sums_as_of('events', ever=['referrals']) }}

select * from as_of
