-- One figure per statement: its name, counted in the source, counted in the result. The two must
-- be equal. Attached: `warehouse` (the working file) and `segments` (the published one); the
-- variable `data` as in map.sql.
create macro source(name) as table
select * from read_parquet(getvariable('data') || '/complete_journey/' || name || '.parquet');

select
    'customers: households',
    (select count(distinct household_id) from source('transactions')),
    (select count(*) from segments.marts.customer_segments_current);

select
    'customers who told their income',
    (select count(*) from source('demographics') where income is not null),
    (select count(income_band) from warehouse.stg_customers);

select
    'households with children',
    (select count(*) from source('demographics') where kids_count <> '0'),
    (select count(*) from segments.marts.customer_segments_current where household = 'family')
union all
select
    'households of two without children',
    (select count(*) from source('demographics') where household_size = '2' and kids_count = '0'),
    (select count(*) from segments.marts.customer_segments_current where household = 'couple')
union all
select
    'households of one',
    (select count(*) from source('demographics') where household_size = '1'),
    (select count(*) from segments.marts.customer_segments_current where household = 'single');

select
    'orders: baskets',
    (select count(distinct basket_id) from source('transactions')),
    (select count(*) from segments.marts.fct_orders);

select
    'net revenue, USD',
    (select sum(cast(sales_value as decimal(18, 2))) from source('transactions')),
    (select sum(net_amount) from segments.marts.fct_orders);

select
    'shelf prices: amounts + discounts, USD',
    (
        select
            sum(cast(sales_value as decimal(18, 2))) + sum(cast(retail_disc as decimal(18, 2)))
            + sum(cast(coupon_match_disc as decimal(18, 2)))
        from source('transactions')
    ),
    (select sum(amount + discount) from warehouse.stg_orders);

select
    'discounts of lines, USD',
    (
        select sum(cast(retail_disc as decimal(18, 2))) + sum(cast(coupon_match_disc as decimal(18, 2)))
        from source('transactions')
    ),
    (select sum(discount) from warehouse.stg_order_lines);

select
    'order lines: staged + rejected',
    (select count(*) from source('transactions')),
    (select count(*) from warehouse.stg_order_lines)
    + (select count(*) from segments.marts.rejected_rows where source = 'order_lines');

select
    'order lines of a product without a name',
    (
        select count(*)
        from source('transactions')
        where product_id not in (select product_id from source('products'))
    ),
    (
        select count(*)
        from warehouse.stg_order_lines
        where product_id not in (select product_id from warehouse.stg_products)
    );

-- each must find its order on that day of the shop's clock; by UTC 123 would not
select
    'days on which a household redeemed coupons',
    (select count(distinct (household_id, redemption_date)) from source('coupon_redemptions')),
    (
        select count(distinct (redemptions.household_id, redemptions.redemption_date))
        from source('coupon_redemptions') as redemptions
        inner join warehouse.stg_orders as orders
            on cast(redemptions.household_id as varchar) = orders.customer_id
            and cast(redemptions.redemption_date as date) = orders.order_date
            and orders.campaign_id is not null
    );

select
    'contacts: households of campaigns',
    (select count(*) from source('campaigns')),
    (select count(*) from warehouse.stg_campaign_contacts);

select
    'contacts answered: households that redeemed a coupon of it',
    (select count(distinct (campaign_id, household_id)) from source('coupon_redemptions')),
    (select count(response_at) from warehouse.stg_campaign_contacts);

select
    'rejected rows',
    0,
    (select count(*) from segments.marts.rejected_rows);
