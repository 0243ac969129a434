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
    (select count(*) from segments.marts.customer_segments_current);

select
    'orders: invoices with a customer',
    (select count(distinct InvoiceNo) from invoice_lines where CustomerID is not null),
    (select count(*) from segments.marts.fct_orders);

select
    'orders rejected: invoices without a customer',
    (select count(distinct InvoiceNo) from invoice_lines where CustomerID is null),
    (
        select count(*)
        from segments.marts.rejected_rows
        where source = 'orders' and column_name = 'customer_id'
    );

-- orders are in whole pence; four lines of the source are not (0.001 pounds each): so round
select
    'net revenue, GBP',
    (select round(sum(Quantity * price), 2) from invoice_lines where CustomerID is not null),
    (select sum(net_amount) from segments.marts.fct_orders);

select
    'order lines rejected: their order is',
    (select count(*) from invoice_lines where CustomerID is null),
    (
        select count(*)
        from segments.marts.rejected_rows
        where source = 'order_lines' and reason = 'not in orders'
    );

select
    'order lines: staged + rejected',
    (select count(*) from invoice_lines),
    (select count(*) from warehouse.stg_order_lines)
    + (select count(*) from segments.marts.rejected_rows where source = 'order_lines');

-- a purchase is an invoice that is no credit note (C...)
create view purchases as
select
    CustomerID as customer_id,
    date_trunc('month', InvoiceDate) as month,
    min(date_trunc('month', InvoiceDate)) over (partition by CustomerID) as cohort_month
from read_parquet(getvariable('data') || '/online_retail/online_retail.parquet')
where CustomerID is not null and InvoiceNo not like 'C%';

select
    'cohort of ' || strftime(purchases.cohort_month, '%Y-%m') || ': customers who bought in ' || strftime(purchases.month, '%Y-%m'),
    count(distinct purchases.customer_id),
    any_value(cohorts.active_customers)
from purchases
left join segments.marts.cohort_retention as cohorts
    on purchases.cohort_month = cohorts.cohort_month and purchases.month = date_trunc('month', cohorts.as_of_date)
where purchases.cohort_month in ('2010-12-01', '2011-11-01')
group by purchases.cohort_month, purchases.month
order by purchases.cohort_month, purchases.month;
