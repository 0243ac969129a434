-- the first day of each optional source: before it (or without it) a count is unknown, from then on none means zero
select
    (select min(cast(occurred_at as date)) from {{ ref('stg_interactions') }}) as interactions_since,
    (
        select min(order_date)
        from {{ ref('stg_orders') }}
        where coupon_code is not null or campaign_id is not null
    ) as promotions_since,
    (select min(order_date) from {{ ref('stg_orders') }} where discount is not null) as discounts_since
