-- A list of purchases (customer, day, pieces, dollars) -> customers and orders: the least that
-- can be segmented. Set before this file runs: the variables `data` (folder of the source) and
-- `raw` (folder of the result).
create view purchases as
select
    customer_id,
    order_date,
    quantity,
    -- a floating-point amount would let sums drift from the cent
    cast(amount as decimal(18, 2)) as amount
from read_parquet(getvariable('data') || '/cdnow/cdnow_master.parquet');

-- nothing says when a customer became known: left out, that is the day of his first order
copy (
    select distinct customer_id
    from purchases
    order by customer_id
) to (getvariable('raw') || '/customers.parquet');

-- Purchases have no number. Numbered over all columns, only equal rows can change places, so the
-- numbers do not depend on the order of the file, and two equal purchases of one day stay two.
copy (
    select
        row_number() over (order by customer_id, order_date, quantity, amount) as order_id,
        customer_id,
        order_date as ordered_at,
        amount,
        'USD' as currency,
        'web' as channel
    from purchases
    order by order_id
) to (getvariable('raw') || '/orders.parquet');
