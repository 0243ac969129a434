def model(dbt, session):
    """One row per table of the contract: what was read of it in this run, how many rows and broken lines, and what is wrong with it."""
    from customer_segmentation.contract import read_contract
    from customer_segmentation.engine import engine_of

    dbt.ref("run_settings")
    engine = engine_of(session, dbt.this.schema, dbt.config.get("raw_schema"))
    raw_path, settings, as_of_date = engine.settings("raw_path", "settings", "as_of_date")
    run, because, files = engine.load(raw_path, read_contract(), settings=settings, as_of_date=as_of_date)
    columns = {"run": "bigint", "full_because": "string", "source": "string", "file": "string"}
    columns |= {"row_count": "bigint", "malformed": "bigint", "rows_so_far": "bigint", "problem": "string"}
    rows = [[run, because, file.source, file.file, file.rows, file.malformed, file.rows_so_far, file.problem] for file in files]
    return engine.relation(rows, columns)
