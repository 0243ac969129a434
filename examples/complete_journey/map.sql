-- Receipts, campaigns and coupons of a grocer -> customers, orders, order_lines, products and
-- campaign_contacts. Set before this file runs: the variables `data` (folder of the source) and
-- `raw` (of the result).
create macro source(name) as table
select * from read_parquet(getvariable('data') || '/complete_journey/' || name || '.parquet');

-- sales_value is what the shop received, after its own discounts: the loyalty card's and the coupon
-- match, with which it doubles a manufacturer's coupon. Together the three are the shelf price.
-- coupon_disc is no discount of the shop: the manufacturer pays it back, so the coupon is a means
-- of payment, and the till charged sales_value.
create table receipt_lines as
select
    household_id,
    basket_id,
    product_id,
    quantity,
    transaction_timestamp as sold_at,
    -- a floating-point amount would let sums drift from the cent
    cast(sales_value as decimal(18, 2)) as amount,
    cast(retail_disc as decimal(18, 2)) + cast(coupon_match_disc as decimal(18, 2)) as discount,
    cast(coupon_disc as decimal(18, 2)) as manufacturer_coupons
from source('transactions');

create view baskets as
select
    household_id,
    basket_id,
    any_value(sold_at) as sold_at,  -- a basket has one time and one household
    sum(amount) as amount,
    sum(discount) as discount,
    sum(manufacturer_coupons) as manufacturer_coupons
from receipt_lines
group by household_id, basket_id;

-- A redemption names household and day, not the basket: of several baskets that day it is the one
-- with most coupons, its number breaks a tie. Of several campaigns the first is named (40 days
-- have more than one). The days are the shop's own; by UTC 123 of 1,107 would have no basket.
create view redemptions as
select
    baskets.basket_id,
    campaigns.campaign_id,
    campaigns.coupon_upc
from (
    select
        household_id,
        redemption_date,
        min(campaign_id) as campaign_id,
        arg_min(coupon_upc, (campaign_id, coupon_upc)) as coupon_upc
    from source('coupon_redemptions')
    group by household_id, redemption_date
) as campaigns
inner join (
    select
        household_id,
        cast(timezone('America/New_York', timezone('UTC', sold_at)) as date) as sold_on,
        arg_max(basket_id, (manufacturer_coupons, amount, -basket_id)) as basket_id
    from baskets
    group by household_id, sold_on
) as baskets
    on campaigns.household_id = baskets.household_id
    and campaigns.redemption_date = baskets.sold_on;

-- 801 of 2,469 households told about themselves. Income: three words for twelve bands, cut at 35,000
-- and 100,000 dollars; the cuts are ours. The household is in the source's words ("1 Adult Kids"),
-- which are in rules/words.csv; its size and the number of children say the same. Age is a band
-- ("45-54"), from which no birth date follows: left out. So is the home, for which the contract has
-- no column.
copy (
    select
        households.household_id as customer_id,
        'individual' as customer_type,
        case
            when demographics.income in ('Under 15K', '15-24K', '25-34K') then 'low'
            when demographics.income in ('35-49K', '50-74K', '75-99K') then 'mid'
            when demographics.income is not null then 'high'
        end as income_band,
        demographics.household_comp as household
    from (select distinct household_id from receipt_lines) as households
    left join source('demographics') as demographics
        on households.household_id = demographics.household_id
    order by customer_id
) to (getvariable('raw') || '/customers.parquet');

-- The times are UTC. Z says so, and the variable `timezone` moves them to the shop's clock: 28,571
-- baskets, bought in the evening, belong to the day before.
copy (
    select
        baskets.basket_id as order_id,
        baskets.household_id as customer_id,
        strftime(baskets.sold_at, '%Y-%m-%dT%H:%M:%SZ') as ordered_at,
        baskets.amount,
        'USD' as currency,
        'store' as channel,
        baskets.discount,
        coalesce(
            cast(redemptions.coupon_upc as varchar),
            case when baskets.manufacturer_coupons > 0 then 'manufacturer' end
        ) as coupon_code,
        redemptions.campaign_id
    from baskets
    left join redemptions on baskets.basket_id = redemptions.basket_id
    order by order_id
) to (getvariable('raw') || '/orders.parquet');

-- a product has one line in a basket, so its number orders the lines
copy (
    select
        basket_id as order_id,
        row_number() over (partition by basket_id order by product_id) as line_no,
        product_id,
        quantity,  -- fuel is counted in thousandths of a gallon
        cast((amount + discount) / nullif(quantity, 0) as decimal(18, 4)) as unit_price,
        discount
    from receipt_lines
    order by order_id, line_no
) to (getvariable('raw') || '/order_lines.parquet');

copy (
    select
        product_id,
        product_type as name,
        coalesce(product_category, department) as category,
        brand
    from source('products')
    order by product_id
) to (getvariable('raw') || '/products.parquet');

-- Every household of a campaign was addressed, none was held out. The day of the contact is not
-- recorded; the campaign's first day stands for it. Who redeemed one of its coupons
-- has answered.
copy (
    select
        members.campaign_id,
        members.household_id as customer_id,
        campaigns.start_date as contacted_at,
        campaigns.campaign_type as strategy,
        'treatment' as arm,
        responses.response_at
    from source('campaigns') as members
    inner join source('campaign_descriptions') as campaigns
        on members.campaign_id = campaigns.campaign_id
    left join (
        select
            campaign_id,
            household_id,
            min(redemption_date) as response_at
        from source('coupon_redemptions')
        group by campaign_id, household_id
    ) as responses
        on members.campaign_id = responses.campaign_id
        and members.household_id = responses.household_id
    order by members.campaign_id, members.household_id
) to (getvariable('raw') || '/campaign_contacts.parquet');
