"""The tables of a raw folder as they would have come day by day."""

from datetime import date
from pathlib import Path

import duckdb

from customer_segmentation.load import literal

DAYS = {
    "orders": "ordered_at",
    "interactions": "occurred_at",
    "feedback": "given_at",
    "campaign_contacts": "contacted_at",
    "exchange_rates": "rate_date",
}


class Deliveries:
    """The tables of a raw folder with the day on which each row came: an order's lines with it, a customer with his first order."""

    def __init__(self, folder: Path):
        self.connection = duckdb.connect()
        self.tables = {}
        for path in sorted(path for path in folder.iterdir() if path.suffix in (".csv", ".parquet")):
            reader = f"read_csv({literal(path)}, all_varchar = true)" if path.suffix == ".csv" else f"read_parquet({literal(path)})"
            self.connection.execute(f"create view {path.stem} as from {reader}")
            self.tables[path.stem] = [name for name, *_ in self.connection.execute(f"describe {path.stem}").fetchall()]
        self.connection.execute("create table placed as select order_id, customer_id, try_cast(ordered_at as date) as came_on from orders")
        self.last = self.connection.execute("select max(came_on) from placed").fetchone()[0]

    def rows(self, table: str) -> str:
        """SQL for the rows of a table with `came_on`; null for what holds always."""
        if table in DAYS:
            return f"select *, try_cast({DAYS[table]} as date) as came_on from {table}"
        if table == "order_lines":
            ordered = "(from placed select order_id, min(came_on) as came_on group by 1)"
            return f"select lines.*, came_on from order_lines as lines left join {ordered} using (order_id)"
        if table == "customers":
            created = "try_cast(created_at as date)" if "created_at" in self.tables[table] else "null"
            first = "(from placed select customer_id, min(came_on) as first group by 1)"
            # a merge carries no date and holds always: so do the customers that it names
            merged = "customer_id in (select unnest([customer_id, merged_into]) from customer_merges)"
            came = f"least({created}, first)"
            if "customer_merges" in self.tables:
                came = f"case when not {merged} then {came} end"
            return f"select customers.*, {came} as came_on from customers left join {first} using (customer_id)"
        return f"select *, cast(null as date) as came_on from {table}"

    def write(self, folder: Path, after: date | None, until: date, name: str) -> None:
        """The rows that came after one day (null: and those without a day) and until another, as folder/<table>/<name>.parquet."""
        for table in self.tables:
            came = f"came_on <= date '{until}'" + (f" and came_on > date '{after}'" if after else " or came_on is null")
            rows = f"select * exclude (came_on) from ({self.rows(table)}) where {came}"
            if self.connection.execute(f"select count(*) from ({rows})").fetchone()[0]:
                (folder / table).mkdir(parents=True, exist_ok=True)
                self.connection.execute(f"copy ({rows}) to {literal(folder / table / f'{name}.parquet')}")
