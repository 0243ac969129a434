{# MEMORY=4GB: what does not fit goes to a folder beside the working file. Without it DuckDB takes up to 80% of the machine's. #}
{% macro bound_memory() %}
{% set memory = env_var('SEGMENTATION_MEMORY', '') %}
{% if execute and memory and target.type == 'duckdb' %}
{% do run_query("set global memory_limit = '" ~ memory ~ "'") %}
{% do log('Memory: ' ~ run_query("select current_setting('memory_limit')").columns[0].values()[0], info=true) %}
{% endif %}
{% endmacro %}
