def model(dbt, session):
    """What to expect of a customer who has not left, by date, repeat days and tenure."""
    from customer_segmentation.engine import engine_of
    from customer_segmentation.forecast_steps import expected

    dbt.ref("run_settings")
    dbt.ref("as_of_dates")
    dbt.ref("purchase_measures")
    dbt.ref("forecast_parameters")
    engine = engine_of(session, dbt.this.schema)
    return engine.table(expected(engine, *engine.settings("horizon_days", "yearly_discount")))
