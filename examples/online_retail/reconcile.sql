-- One figure per statement: its name, counted in the source, counted in the result. The two must
-- be equal. Attached: `warehouse` (the working file) and `segments` (the published one); the
-- variable `data` as in map.sql.
create view invoice_lines as
select
    *,
    cast(UnitPrice as decimal(18, 3)) as price
from read_parquet(getvariable('data') || '/online_retail/online_retail.parquet');

select
    'customers',
    (select count(distinct CustomerID) from invoice_lines),
    (select count(*) from segments.customer_segments_current);

select
    'orders: invoices with a customer',
    (select count(distinct InvoiceNo) from invoice_lines where CustomerID is not null),
    (select count(*) from segments.fct_orders);

select
    'orders rejected: invoices without a customer',
    (select count(distinct InvoiceNo) from invoice_lines where CustomerID is null),
    (
        select count(*)
        from segments.rejected_rows
        where source = 'orders' and column_name = 'customer_id'
    );

-- orders are in whole pence; four lines of the source are not (0.001 pounds each): so round
select
    'net revenue, GBP',
    (select round(sum(Quantity * price), 2) from invoice_lines where CustomerID is not null),
    (select sum(net_amount) from segments.fct_orders);

select
    'order lines rejected: their order is',
    (select count(*) from invoice_lines where CustomerID is null),
    (
        select count(*)
        from segments.rejected_rows
        where source = 'order_lines' and reason = 'not in orders'
    );

select
    'order lines: staged + rejected',
    (select count(*) from invoice_lines),
    (select count(*) from warehouse.stg_order_lines)
    + (select count(*) from segments.rejected_rows where source = 'order_lines');
