-- One figure per statement: its name, counted in the source, counted in the result. The two must
-- be equal. Attached: `warehouse` (the working file) and `segments` (the published one); the
-- variable `data` as in map.sql.
create view purchases as
select *
from read_parquet(getvariable('data') || '/cdnow/cdnow_master.parquet');

select
    'customers',
    (select count(distinct customer_id) from purchases),
    (select count(*) from segments.customer_segments_current);

select
    'orders',
    (select count(*) from purchases),
    (select count(*) from segments.fct_orders);

select
    'net revenue, USD',
    (select sum(cast(amount as decimal(18, 2))) from purchases),
    (select sum(net_amount) from segments.fct_orders);

select
    'rejected rows',
    0,
    (select count(*) from segments.rejected_rows);

-- scores by row order (NTILE) would give equal customers different ones
select
    'equal (recency, frequency, monetary) with different scores',
    0,
    (
        select count(*)
        from (
            select 1
            from segments.customer_rfm
            group by as_of_date, recency_days, frequency, monetary
            having count(distinct rfm_score) > 1
        )
    );
