-- what this run was asked for, and where its files are, for the Python models: dbt would keep what it parsed of another run
{% set meaning = ['history_months', 'history_from', 'dwell_dates', 'timezone', 'reporting_currency', 'net_of_tax_and_shipping',
    'show_personal_data', 'recent_days', 'trend_days', 'preset', 'crosswalk_history', 'calibrate_after_months',
    'recalibrate_months', 'calibrate_customers', 'sensitivity_share', 'horizon_days', 'forecast', 'forecast_model',
    'compare_pareto_nbd', 'yearly_discount', 'margin_share'] %}
{% set settings = [] %}
{% for name in meaning %}{% do settings.append(var(name)) %}{% endfor %}
select
    {{ literal(var('raw_path')) }} as raw_path,
    cast({{ literal(var('as_of_date')) }} as string) as as_of_date,
    -- with the rules and the code, what decides whether the past still means what it meant
    {{ literal(settings) }} as settings,
    {{ literal(env_var('SEGMENTATION_PUBLISHED', 'out/segments.duckdb')) }} as published,
    {{ literal(env_var('SEGMENTATION_DATA_DOCS', 'out/data_docs')) }} as data_docs,
    cast({{ literal(var('forecast')) }} as boolean) as forecast,
    cast({{ literal(var('compare_pareto_nbd')) }} as boolean) as compare_pareto_nbd,
    cast({{ literal(var('horizon_days')) }} as integer) as horizon_days,
    cast({{ literal(var('yearly_discount')) }} as double) as yearly_discount
