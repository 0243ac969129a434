-- One figure per statement: its name, counted in the source, counted in the result. The two must
-- be equal. Attached: `warehouse` (the working file) and `segments` (the published one); the
-- variable `data` as in map.sql.
create view source as
select *
from read_parquet(getvariable('data') || '/marketing_campaign/marketing_campaign.parquet');

create view spending as
select
    greatest(NumWebPurchases + NumCatalogPurchases + NumStorePurchases, 1) as purchases,
    [MntWines, MntFruits, MntMeatProducts, MntFishProducts, MntSweetProducts] as categories
from source;

select
    'customers',
    (select count(*) from source),
    (select count(*) from segments.marts.customer_segments_current);

select
    'customers with an income band',
    (select count(*) from source where Income <> 666666),
    (select count(income_band) from warehouse.stg_customers);

select
    'customers with a child or teenager at home',
    (select count(*) from source where Kidhome > 0 or Teenhome > 0),
    (select count(*) from segments.marts.customer_segments_current where household = 'family')
union all
select
    'customers without, married or together',
    (
        select count(*)
        from source
        where Kidhome + Teenhome = 0 and Marital_Status in ('Married', 'Together')
    ),
    (select count(*) from segments.marts.customer_segments_current where household = 'couple')
union all
select
    'customers without, and without a partner',
    (
        select count(*)
        from source
        where Kidhome + Teenhome = 0
            and Marital_Status in ('Single', 'Divorced', 'Widow', 'Alone')
    ),
    (select count(*) from segments.marts.customer_segments_current where household = 'single');

select
    'orders: purchases by web, catalogue, store or nobody knows',
    (select sum(purchases) from spending),
    (select count(*) from segments.marts.fct_orders);

select
    'orders online',
    (select sum(NumWebPurchases) from source),
    (select count(*) from segments.marts.fct_orders where channel_group = 'online');

select
    'orders offline',
    (select sum(NumCatalogPurchases + NumStorePurchases) from source),
    (select count(*) from segments.marts.fct_orders where channel_group = 'offline');

select
    'orders at a discount, where there are so many orders',
    (
        select
            sum(least(
                NumDealsPurchases,
                greatest(NumWebPurchases + NumCatalogPurchases + NumStorePurchases, 1)
            ))
        from source
    ),
    (select count(coupon_code) from warehouse.stg_orders);

select
    'net revenue, monetary units',
    (select sum(list_sum(categories)) from spending),
    (select sum(net_amount) from segments.marts.fct_orders);

select
    'spent on wines, monetary units',
    (select sum(MntWines) from source),
    (
        select sum(cast(quantity * unit_price as decimal(18, 2)))
        from warehouse.stg_order_lines
        where product_id = 'wines'
    );

select
    'days since the last purchase, of all customers together',
    (select sum(Recency) from source),
    (select sum(recency_days) from segments.marts.customer_rfm);

-- the measures say what the source counted, although the days within the two years are made up
select
    'customers with the right orders and spend of two years',
    (select count(*) from source),
    (
        select count(*)
        from source
        inner join warehouse.customer_measures as measures
            on cast(source.ID as varchar) = measures.customer_id and measures.is_latest
        where
            measures.recent_orders
            = greatest(NumWebPurchases + NumCatalogPurchases + NumStorePurchases, 1)
            and measures.recent_spend
            = MntWines + MntFruits + MntMeatProducts + MntFishProducts + MntSweetProducts
    );

select
    'order lines: a category in a purchase; staged + rejected',
    (select sum(purchases * len(list_filter(categories, lambda spent: spent > 0))) from spending),
    (select count(*) from warehouse.stg_order_lines)
    + (select count(*) from segments.marts.rejected_rows where source = 'order_lines');

select
    'interactions: visits of the last month',
    (select sum(NumWebVisitsMonth) from source),
    (select count(*) from warehouse.stg_interactions);

select
    'feedback: customers who complained',
    (select sum(Complain) from source),
    (select count(*) from warehouse.stg_feedback where kind = 'complaint');

select
    'contacts: acceptances of five campaigns and the calls of the pilot',
    (
        select sum(AcceptedCmp1 + AcceptedCmp2 + AcceptedCmp3 + AcceptedCmp4 + AcceptedCmp5) + count(*)
        from source
    ),
    (select count(*) from warehouse.stg_campaign_contacts);

select
    'contacts answered',
    (
        select
            sum(AcceptedCmp1 + AcceptedCmp2 + AcceptedCmp3 + AcceptedCmp4 + AcceptedCmp5 + Response)
        from source
    ),
    (select count(response_at) from warehouse.stg_campaign_contacts);

select
    'rejected rows',
    0,
    (select count(*) from segments.marts.rejected_rows);
