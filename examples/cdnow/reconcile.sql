-- One figure per statement: its name, counted in the source, counted in the result. The two must
-- be equal. Attached: `warehouse` (the working file) and `segments` (the published one); the
-- variable `data` as in map.sql.
create view purchases as
select *
from read_parquet(getvariable('data') || '/cdnow/cdnow_master.parquet');

select
    'customers',
    (select count(distinct customer_id) from purchases),
    (select count(*) from segments.marts.customer_segments_current);

select
    'orders',
    (select count(*) from purchases),
    (select count(*) from segments.marts.fct_orders);

select
    'net revenue, USD',
    (select sum(cast(amount as decimal(18, 2))) from purchases),
    (select sum(net_amount) from segments.marts.fct_orders);

select
    'rejected rows',
    0,
    (select count(*) from segments.marts.rejected_rows);

-- scores by row order (NTILE) would give equal customers different ones
select
    'equal (recency, frequency, monetary) with different scores',
    0,
    (
        select count(*)
        from (
            select 1
            from segments.marts.customer_rfm
            group by as_of_date, recency_days, frequency, monetary
            having count(distinct rfm_score) > 1
        )
    );

-- the three cohorts of the first quarter of 1997, a year and more later
create view months as
select
    customer_id,
    date_trunc('month', order_date) as month,
    min(date_trunc('month', order_date)) over (partition by customer_id) as cohort_month
from purchases;

select
    'cohort of ' || strftime(months.cohort_month, '%Y-%m') || ': customers who bought in ' || strftime(months.month, '%Y-%m'),
    count(distinct months.customer_id),
    any_value(cohorts.active_customers)
from months
left join segments.marts.cohort_retention as cohorts
    on months.cohort_month = cohorts.cohort_month and months.month = date_trunc('month', cohorts.as_of_date)
where months.month in (months.cohort_month, '1997-12-01', '1998-06-01')
group by months.cohort_month, months.month
order by months.cohort_month, months.month;
