"""Make an invented company of any size: the nine raw tables, as Parquet or CSV files.

    python -m customer_segmentation.generate --customers 1000000 --out raw

Units: times are local, in the `days` days up to `end`; money is in the order's currency, to the cent, tax and shipping
in the order's amount; `cost` is the cost of the whole line; exchange rates are EUR per unit of currency.

Buyers follow the BG/NBD model (Fader, Hardie & Lee 2005, "Counting your customers the easy way", Marketing Science
24(2)): while alive, a customer orders at a rate of his own (gamma distributed over customers), and after each repeat
order drops out with a probability of his own (beta distributed). Gamma draws use the cube-root approximation of
Wilson & Hilferty (1931). Baskets, channels, seasons and the other tables are plausible, not estimated from data.

Determinism: same arguments, DuckDB version and platform, same bytes, at any number of threads. Nothing comes from a
random stream: each number is a hash of (seed, key, salt), so that a customer's traits need no table to be looked up.
"""

import argparse
import datetime
import pathlib
import string
import sys
import tempfile
import time

import duckdb

from customer_segmentation.contract import Refused, own_folder

MACROS = """
-- The outer hash matters: a hash of several values ends in an exclusive or, so two salts of a key would be dependent.
create macro uniform(key, salt) as (hash(hash($seed, salt, key)) >> 11) / 9007199254740992.0;
create macro pick(list, key, salt) as list[1 + floor(uniform(key, salt) * len(list))::int];
create macro normal(key, salt) as sqrt(-2 * ln(1 - uniform(key, salt))) * cos(2 * pi() * uniform(key, salt || ' 2'));
create macro wilson_hilferty(shape, z) as shape * greatest(1 - 1 / (9 * shape) + z / (3 * sqrt(shape)), 0) ^ 3;
-- gamma(shape) is gamma(shape + 1) * uniform ^ (1 / shape); the approximation itself is poor for shapes below one.
create macro gamma_draw(shape, key, salt) as
    wilson_hilferty(shape + 1, normal(key, salt)) * (1 - uniform(key, salt || ' boost')) ^ (1 / shape);
create macro beta_draw(a, b, key, salt) as
    1 / (1 + gamma_draw(b, key, salt || ' b') / greatest(gamma_draw(a, key, salt || ' a'), 1e-9));
-- The Poisson count is the number of arrivals before the mean; the n-th arrival is a gamma(n).
create macro poisson(mean, z) as
    len(list_filter(range(1, (mean + 6 * sqrt(mean) + 7)::bigint), lambda n: wilson_hilferty(n, z) < mean));
create macro geometric(p, key, salt) as least(floor(ln(1 - uniform(key, salt)) / ln(1 - p)), 1e6)::int;
create macro money(cents) as (cents::decimal(15, 0) * 0.01)::decimal(18, 2);
create macro on_day(day) as $start::date + floor(least(day, $days - 1))::int;
create macro any_day(from_day, to_day, key) as on_day(from_day + (to_day - from_day) * uniform(key, 'day'));
create macro country(customer) as pick(['DE', 'DE', 'DE', 'FR', 'IT', 'ES', 'SE', 'NL', 'US', 'CN'], customer, 'land');
create macro currency(customer) as case country(customer) when 'US' then 'USD' when 'CN' then 'CNY' else 'EUR' end;
create macro per_euro(customer) as case country(customer) when 'US' then 1.1 when 'CN' then 7.8 else 1.0 end;
create macro type(customer) as case when uniform(customer, 'type') < 0.88 then 'individual'
    when uniform(customer, 'type') < 0.98 then 'sme' else 'enterprise' end;
create macro channel(customer, order_key) as case when uniform(customer, 'habit') < 0.03 then null
    when uniform(customer, 'habit') < 0.55 then 'online'
    when uniform(customer, 'habit') < 0.75 then pick(['online', 'offline'], order_key, 'channel') else 'offline' end;
create macro status(order_key) as case when uniform(order_key, 'status') < 0.020 then 'cancelled'
    when uniform(order_key, 'status') < 0.035 then 'refunded'
    when uniform(order_key, 'status') < 0.037 then 'test' else 'completed' end;
-- Referrers, and the accounts merged into, have lower numbers: so merges have no cycle.
create macro earlier(customer) as 'C' || greatest(1, floor(customer * uniform(customer, 'earlier'))::int);
create macro told(list, customer) as if(type(customer) = 'individual', pick(list || [null], customer, list[1]), null);
-- Products: 17 price tiers of 12 categories. Taste decides the tier, and a favourite category comes back.
create macro category(product) as 'Category ' || (1 + (product - 1) % 12);
-- Prices are whole multiples of 20 cents, so that the cost, 55%, is whole cents.
create macro price_cents(product, per_euro) as
    20 * ceil(15 * per_euro * exp(0.28 * ((product - 1) // 12)) * (0.8 + 0.4 * uniform(product, 'price')))::bigint;
create macro line_product(customer, line_key) as 1 + (
    12 * floor(17 * (0.7 * uniform(customer, 'taste') + 0.3 * uniform(line_key, 'tier')))::int
    + floor(12 * uniform(if(uniform(line_key, 'stay') < 0.6, customer, line_key), 'category'))::int) % 200;
create macro unit_cents(customer, line_key) as price_cents(line_product(customer, line_key), per_euro(customer));
create macro quantity(customer, line_key) as (1 + geometric(0.6, line_key, 'pieces'))
    * case type(customer) when 'individual' then 1 when 'sme' then 4 else 12 end;
create macro line_nos(order_key) as range(1, 2 + floor(4 * uniform(order_key, 'lines') ^ 2)::int);
"""
# $scale turns a gamma draw into orders per day: see purchase_rate.
BUYERS = """
create or replace table numbers as select range::int as customer from range(1, $customers + 1);  -- scanned in parallel
create or replace table buyers as with people as (
    select customer, $days * uniform(customer, 'created') as created_day,
        created_day - 10 * ln(1 - uniform(customer, 'first order')) as first_day,
        first_day < $days and uniform(customer, 'prospect') >= 0.08 as has_ordered,
        poisson(if(has_ordered, gamma_draw(0.8, customer, 'rate') * $scale * ($days - first_day), 0),
            normal(customer, 'repeats')) as arrivals,
        1 + geometric(beta_draw(1.2, 2.5 * $orders_per_customer, customer, 'dropout'), customer, 'life') as lifetime,
    from numbers
) select customer, created_day, first_day, least(arrivals, lifetime) as repeats,
    if(has_ordered, 1 + repeats, 0) as orders, has_ordered and arrivals >= lifetime as is_lost,
    -- the n-th of N arrivals comes after a beta(n, N - n + 1) of the time
    if(is_lost, first_day + ($days - first_day) * beta_draw(repeats, arrivals - repeats + 1, customer, 'lost'),
        $days) as last_day from people
"""

# Of two candidate days the busier is likelier to be taken: December over June, Saturday over Sunday.
PURCHASES = """
create table purchases as with dated as (
    select *, unnest(range(orders)) as order_no, hash($seed, customer, order_no) as order_key,
        any_day(first_day, last_day, order_key) as one_day, any_day(first_day, last_day, hash(order_key)) as other_day,
        (0.55 + 0.25 * cos(2 * pi() * (dayofyear(one_day) - 345) / 365.25))
            * ([0.7, 0.9, 0.9, 1.0, 1.0, 1.1, 1.25])[1 + dayofweek(one_day)] as busy
    from buyers
) select customer, order_no, order_key,
    case when order_no = 0 then on_day(first_day) when is_lost and order_no = repeats then on_day(last_day)
        when uniform(order_key, 'season') < busy then one_day else other_day end
    + to_seconds(8 * 3600 + floor(uniform(order_key, 'second')
        * if(channel(customer, order_key) = 'offline', 11, 16) * 3600)::int) as ordered_at
from dated order by ordered_at, customer, order_no
"""

# Sorted just before the projection: only after a sort are Parquet row groups cut alike at any number of threads.
SELECTS = {
    "customers": """select 'C' || customer as customer_id,
    on_day(created_day) + to_minutes(floor(420 * uniform(customer, 'minute'))::int) as created_at,
    'Customer ' || customer as name, 'c' || customer || '@example.com' as email, '+00-' || customer as phone,
    if(is_firm, null, date '1945-01-01' + floor(22000 * uniform(customer, 'birth'))::int) as birth_date,
    told(['female', 'male'], customer) as gender, told(['low', 'middle', 'high'], customer) as income_band,
    told(['school', 'college'], customer) as education, told(['clerk', 'engineer'], customer) as occupation,
    told(['single', 'couple', 'family'], customer) as household,
    told(['cooking', 'travel;books', 'sports'], customer) as interests, country(customer) as country,
    pick(['north', 'south', 'east', 'west'], customer, 'region') as region,
    'City ' || (1 + floor(50 * uniform(customer, 'city')))::int as city, type(customer) as customer_type,
    if(is_firm, pick(['manufacturing', 'retail', 'service'], customer, 'industry'), null) as industry,
    if(is_firm, pick(['b2b', 'reseller'], customer, 'model'), 'b2c') as business_model,
    if(is_firm, 1 + floor(exp(7 * uniform(customer, 'staff')))::bigint, null) as employees,
    money(floor(100 * exp(6 + 8 * uniform(customer, 'assets')))) as assets,
    pick(['conservative', 'balanced', 'growth', null], customer, 'risk') as risk_appetite,
    if(customer > 1 and uniform(customer, 'referred') < 0.05, earlier(customer), null) as referred_by,
    pick(['gold', 'silver', 'bronze', null, null, null], customer, 'level') as membership_level,
    uniform(customer, 'consent') < 0.8 as marketing_consent,
    case country when 'CN' then 'zh' when 'US' then 'en' else lower(country) end as language,
    if(is_firm, 'Owner ' || (1 + customer % 20), null) as owner
from (select *, type(customer) <> 'individual' as is_firm from buyers order by customer)""",
    "orders": """select 'O' || customer || '-' || order_no as order_id,
    case fault when 'no customer' then null when 'unknown' then 'X' || customer else 'C' || customer end as customer_id,
    ordered_at, if(fault = 'amount', 'twelve', money(cents)::$amount_type) as amount,
    currency(customer) as currency, status(order_key) as status, channel(customer, order_key) as channel,
    money(saved) as discount, money(cents * 19 // 119) as tax, money(carriage) as shipping,
    money(goods * 11 // 20) as cost, money(if(status = 'refunded', cents, 0)) as refunded_amount,
    if(saved > 0, 'SAVE10', null) as coupon_code, null::varchar as campaign_id
from (
    select *,
        list_sum(list_transform(line_nos(order_key), lambda line_no: quantity(customer, hash(order_key, line_no))
            * unit_cents(customer, hash(order_key, line_no))))::bigint as goods,
        if(uniform(order_key, 'coupon') < uniform(customer, 'deals') ^ 3, goods // 10, 0) as saved,
        if(channel(customer, order_key) = 'online' and goods < 1500, 390, 0) as carriage,
        goods - saved + carriage as cents
    from (select *, if(uniform(order_key, 'dirt') < $dirt, pick($faults, order_key, 'fault'), '') as fault,
        unnest(if(fault = 'twice', [1, 2], [1])) from purchases order by ordered_at, customer, order_no)
)""",
    "order_lines": """select 'O' || customer || '-' || order_no as order_id, line_no,
    'P' || line_product(customer, key) as product_id, quantity(customer, key) as quantity,
    money(unit_cents(customer, key)) as unit_price, money(0) as discount,
    money(quantity * unit_cents(customer, key) * 11 // 20) as cost,
    if(status(order_key) = 'refunded', quantity, 0) as returned_quantity
from (select *, hash(order_key, line_no) as key from (select *, unnest(line_nos(order_key)) as line_no from purchases
    order by ordered_at, customer, order_no, line_no))""",
    "products": """select 'P' || range as product_id, 'Product ' || range as name, category(range) as category,
    'Brand ' || (1 + range % 17) as brand, money(price_cents(range, 1)) as list_price from range(1, 201)""",
    "interactions": """select 'I' || customer || '-' || n as interaction_id, 'C' || customer as customer_id,
    any_day(created_day, least(last_day + 30, $days), key) + to_minutes(480 + floor(960 * uniform(key, 'minute'))::int)
    as occurred_at, case when kind = 'call' then 'phone' when kind in ('open', 'click') then 'email' else 'web' end
    as channel, kind as type, case when kind in ('visit', 'view') then category(line_product(customer, key))
    when kind in ('open', 'click') then 'newsletter' else pick(['presales', 'aftersales', 'tech'], key, 'topic') end
    as topic, null::varchar as order_id
from (select *, unnest(range(geometric(1 / 6, customer, 'interactions'))) as n, hash(customer, n, 1) as key,
    pick(['visit', 'view', 'view', 'open', 'open', 'click', 'call', 'ticket', 'social'], key, 'kind') as kind
    from buyers order by customer, n)""",
    "feedback": """select 'F' || customer || '-' || n as feedback_id, 'C' || customer as customer_id,
    any_day(created_day, $days, key) + to_hours(12) as given_at, kind, round(scale_max * mood)::int as score,
    scale_max, case kind when 'survey' then 'need' when 'complaint' then 'delivery' end as topic,
    case kind when 'survey' then pick(['functional', 'emotional', 'social'], customer, 'need')
    when 'complaint' then pick(['open', 'resolved'], key, 'answer') end as answer,
    if(kind = 'review', 'So so', null) as text
from (select *, unnest(range(geometric(5 / 7, customer, 'feedback'))) as n, hash(customer, n, 2) as key,
    pick(['nps', 'nps', 'csat', 'review', 'complaint', 'survey'], key, 'kind') as kind,
    case when kind = 'nps' then 10 when kind in ('csat', 'review') then 5 end as scale_max,
    sqrt(0.02 + 0.6 * uniform(customer, 'mood') + 0.38 * uniform(key, 'mood')) as mood
    from buyers order by customer, n)""",
    "campaign_contacts": """select 'K' || strftime(day, '%Y%m') as campaign_id, 'C' || customer as customer_id,
    day + to_hours(9) as contacted_at, pick(['grow', 'keep', 'win_back'], customer, 'strategy') as strategy,
    if(uniform(customer, 'arm') < 0.1, 'control', 'treatment') as arm,
    if(arm = 'treatment', 'email', null) as channel, if(arm = 'treatment', money(5), null) as cost,
    if(arm = 'treatment' and uniform(customer, 'response') < 0.08, day + to_hours(12), null) as response_at
from (select *, any_day(created_day, $days, customer) as day from buyers where uniform(customer, 'contacted') < 0.5
    order by customer)""",
    "exchange_rates": """select currency, rate_date::date as rate_date,
    (level * if(currency = 'EUR', 1, 1 + 0.03 * sin(month(rate_date))))::decimal(18, 8) as rate
from (values ('CNY', 1 / 7.8), ('EUR', 1), ('USD', 1 / 1.1)) as levels (currency, level),
    generate_series(date_trunc('month', $start::date), $end::date, interval 1 month) as t (rate_date) order by all""",
    "customer_merges": """select 'C' || customer as customer_id, earlier(customer) as merged_into from buyers
where customer > 1 and uniform(customer, 'merged') < 0.001 order by customer""",
}


def purchase_rate(run, orders_per_customer):
    """The $scale at which a pilot of 5,000 customers orders `orders_per_customer` times on average, by bisection."""
    low, high = 0.0, 1.0
    for _ in range(16):
        middle = (low + high) / 2
        run(BUYERS, customers=5000, scale=middle)
        mean = run("select avg(orders) from buyers").fetchone()[0]
        low, high = (middle, high) if mean < orders_per_customer else (low, middle)
    return low


def generate(out, customers, orders_per_customer=10, seed=1, format="parquet", days=730,
             end=datetime.date(2025, 12, 31), dirt=0.001, only=tuple(SELECTS), threads=None):  # fmt: skip
    """Write the tables named in `only` into the folder `out`, one file each; return the number of rows of each.

    `dirt` is the share of broken order rows. Raises ValueError for an unknown table. Past 2.5 GB it spills into `out`.
    """
    if unknown := set(only) - set(SELECTS):
        raise ValueError(f"no such table: {', '.join(sorted(unknown))}")
    out, is_csv, rows = pathlib.Path(out), format == "csv", {}
    own_folder(out, empty=False)
    faults = ["no customer", "unknown", "twice"] + ["amount"] * is_csv  # a bad amount is text: no place in a typed file
    settings = dict(customers=customers, orders_per_customer=orders_per_customer, seed=seed, days=days, dirt=dirt)
    settings |= dict(start=f"'{end - datetime.timedelta(days - 1)}'", end=f"'{end}'", faults=faults)
    settings |= dict(set_threads=f"set threads = {threads};" if threads else "")
    settings |= dict(amount_type="varchar" if is_csv else "decimal(18, 2)")
    with tempfile.TemporaryDirectory(dir=out) as spill, duckdb.connect(f"{spill}/work.duckdb") as connection:

        def run(sql, **more):
            return connection.execute(string.Template(sql).substitute(settings | more))

        run("set memory_limit = '2500MB'; set enable_progress_bar = false; $set_threads" + MACROS)
        settings["scale"] = purchase_rate(run, orders_per_customer)
        run(BUYERS)
        if {"orders", "order_lines"} & set(only):
            run(PURCHASES)
        for table in only:
            started = time.perf_counter()
            path = f"{out / table}.{format}".replace("'", "''").replace("$", "$$")
            rows[table] = run(f"copy ({SELECTS[table]}) to '{path}' (format {format})").fetchone()[0]
            print(f"{table:18} {rows[table]:>12,} rows {time.perf_counter() - started:7.1f} s", flush=True)
    return rows


def main(argv=None):
    """Generate from the command line, with the arguments of `generate`; print a line per table: rows and seconds."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--customers", type=int, required=True)
    parser.add_argument("--out", required=True, help="folder to write into")
    parser.add_argument("--orders-per-customer", type=float, default=10, help="mean, prospects included")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--format", choices=["parquet", "csv"], default="parquet")
    parser.add_argument("--days", type=int, default=730, help="length of the history")
    parser.add_argument("--end", type=datetime.date.fromisoformat, default=datetime.date(2025, 12, 31))
    parser.add_argument("--dirt", type=float, default=0.001, help="share of order rows to break")
    parser.add_argument("--only", type=lambda names: names.split(","), default=list(SELECTS), help="a,b: these tables")
    try:
        generate(**vars(parser.parse_args(argv)))
    except Refused as refused:
        sys.exit(str(refused))


if __name__ == "__main__":
    main()
