def model(dbt, session):
    """The raw data against every rule of the contract, by Great Expectations."""
    from customer_segmentation.engine import engine_of
    from customer_segmentation.gate import RESULT_COLUMNS, run_gates

    dbt.ref("run_settings")
    dbt.ref("raw_files")
    dbt.ref("checked_customers")
    dbt.ref("checked_orders")
    dbt.ref("checked_order_lines")
    dbt.ref("checked_products")
    dbt.ref("checked_interactions")
    dbt.ref("checked_feedback")
    dbt.ref("checked_campaign_contacts")
    dbt.ref("checked_exchange_rates")
    dbt.ref("checked_customer_merges")
    engine = engine_of(session, dbt.this.schema, dbt.config.get("raw_schema"))
    results = run_gates(engine, *engine.settings("raw_path", "as_of_date", "published", "data_docs"))
    return engine.relation(results, RESULT_COLUMNS)
