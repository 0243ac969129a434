"""The RFM work of other libraries on the same orders: python -m bench.peers pandas|polars|rfm_summary|rfm_segments orders.parquet

In an environment with requirements/peers.txt; each reads the three columns it needs and sums up each customer, as its own documents do.
"""

import sys

COLUMNS = ["customer_id", "ordered_at", "amount"]


def main(peer: str, orders: str) -> None:
    if peer == "polars":
        import polars

        customers = polars.scan_parquet(orders).group_by("customer_id")
        customers.agg(polars.max("ordered_at"), polars.len(), polars.sum("amount")).collect()
        return
    import pandas

    purchases = pandas.read_parquet(orders, columns=COLUMNS)
    purchases["amount"] = purchases["amount"].astype(float)
    if peer == "pandas":
        purchases.groupby("customer_id").agg(last=("ordered_at", "max"), frequency=("amount", "size"), monetary=("amount", "sum"))
        return
    from pymc_marketing.clv import utils

    getattr(utils, peer)(purchases, customer_id_col="customer_id", datetime_col="ordered_at", monetary_value_col="amount")


if __name__ == "__main__":
    main(*sys.argv[1:])
