def model(dbt, session):
    """One row per table of the contract: its file, how many rows and broken lines, and what is wrong with it."""
    from dataclasses import astuple

    from customer_segmentation.contract import read_contract
    from customer_segmentation.engine import engine_of

    engine = engine_of(session, raw_schema=dbt.config.get("raw_schema"))
    files = engine.load(dbt.config.get("raw_path"), read_contract())
    columns = {"source": "string", "file": "string", "row_count": "bigint", "malformed": "bigint", "problem": "string"}
    return engine.relation([astuple(file) for file in files], columns)
