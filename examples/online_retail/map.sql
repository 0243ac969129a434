-- Invoice lines of a shop -> customers, orders, order_lines and products.
-- Set before this file runs: the variables `data` (folder of the source) and `raw` (of the result).
create view invoice_lines as
select
    InvoiceNo as order_id,
    cast(CustomerID as varchar) as customer_id,
    InvoiceDate as invoiced_at,
    nullif(Country, 'Unspecified') as country,
    StockCode as product_id,
    trim(Description) as description,
    Quantity as quantity,
    -- a floating-point price would let sums drift from the cent; three decimals are all it has
    cast(UnitPrice as decimal(18, 3)) as unit_price
from read_parquet(getvariable('data') || '/online_retail/online_retail.parquet');

-- of a customer with two countries, the one of his latest invoice; its number breaks a tie
copy (
    select
        customer_id,
        max_by(country, (invoiced_at, order_id)) as country
    from invoice_lines
    where customer_id is not null
    group by customer_id
    order by customer_id
) to (getvariable('raw') || '/customers.parquet');

-- A credit note (its number begins with C) keeps its negative amount, so it needs no status.
-- Invoices without a customer go in as well: the build turns them away with a reason, and nothing
-- is lost unseen.
copy (
    select
        order_id,
        any_value(customer_id) as customer_id,  -- an invoice has one customer or none
        min(invoiced_at) as ordered_at,  -- 43 invoices run into a second minute
        cast(round(sum(quantity * unit_price), 2) as decimal(18, 2)) as amount,
        'GBP' as currency,
        'web' as channel
    from invoice_lines
    group by order_id
    order by order_id
) to (getvariable('raw') || '/orders.parquet');

-- The source does not number its lines. Numbered over all columns, only equal lines can change
-- places, so the result does not depend on the order of the file, and no line is taken for a copy
-- of another.
copy (
    select
        order_id,
        row_number() over (
            partition by order_id
            order by product_id, description, quantity, unit_price, invoiced_at
        ) as line_no,
        product_id,
        quantity,
        unit_price
    from invoice_lines
    order by order_id, line_no
) to (getvariable('raw') || '/order_lines.parquet');

-- a product was written in many ways ("damages", "?"): the most frequent one names it, the
-- alphabet breaks a tie
copy (
    select
        product_id,
        first(description order by lines desc, description)
            filter (where description is not null) as name
    from (
        select
            product_id,
            description,
            count(*) as lines
        from invoice_lines
        group by product_id, description
    )
    group by product_id
    order by product_id
) to (getvariable('raw') || '/products.parquet');
