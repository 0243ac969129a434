def model(dbt, session):
    """One row per table of the contract: its file, how many rows and broken lines, and what is wrong with it."""
    from dataclasses import astuple

    from customer_segmentation.contract import read_contract
    from customer_segmentation.load import load

    files = load(session, dbt.config.get("raw_path"), read_contract())
    columns = "source string, file string, row_count bigint, malformed bigint, problem string"
    session.execute(f"create or replace temp table files ({columns})")
    session.executemany("insert into files values (?, ?, ?, ?, ?)", [astuple(file) for file in files])
    return session.table("files")
