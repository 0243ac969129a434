def model(dbt, session):
    """The parameters of the forecast on each date judged in this run: customer_segmentation/forecast.py has the models."""
    from customer_segmentation.engine import engine_of
    from customer_segmentation.forecast_steps import PARAMETERS, fitted

    dbt.ref("run_settings")
    dbt.ref("as_of_dates")
    dbt.ref("purchase_measures")
    dbt.ref("forecast_limits")
    engine = engine_of(session, dbt.this.schema)
    rows = fitted(engine, *engine.settings("horizon_days", "compare_pareto_nbd", "forecast"))
    return engine.relation(rows, PARAMETERS)
