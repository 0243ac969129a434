def model(dbt, session):
    """What to expect of a customer who has not left, by date, repeat days and tenure."""
    from customer_segmentation.engine import engine_of
    from customer_segmentation.forecast_steps import expected

    dbt.ref("as_of_dates")
    dbt.ref("purchase_measures")
    dbt.ref("forecast_parameters")
    engine = engine_of(session, dbt.this.schema)
    return engine.table(expected(engine, dbt.config.get("horizon_days"), dbt.config.get("yearly_discount")))
