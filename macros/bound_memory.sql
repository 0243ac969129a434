{#
    MEMORY=4GB: what does not fit goes to a folder beside the working file, tables of many customers are made in parts that
    fit (these_customers.sql), and one thread works for each GB. Without it DuckDB takes up to 80% of the machine's.
#}
{% macro bound_memory() %}
{% set memory = env_var('SEGMENTATION_MEMORY', '') %}
{% if execute and memory and target.type == 'duckdb' %}
{% do run_query("set global memory_limit = '" ~ memory ~ "'") %}
{% set threads = [memory_gib() * 1.08, 1] | max | int %}  {# 1 GB is 0.93 GiB #}
{% set threads = [threads, run_query("select current_setting('threads')").columns[0].values()[0]] | min %}
{% do run_query('set global threads = ' ~ threads) %}
{% do log('Memory: ' ~ run_query("select current_setting('memory_limit')").columns[0].values()[0] ~ ', threads: ' ~ threads, info=true) %}
{% endif %}
{% endmacro %}


{# The memory that DuckDB may take, as a number. #}
{% macro memory_gib() %}
{% set number, unit = run_query("select current_setting('memory_limit')").columns[0].values()[0].split(' ') %}
{{ return((number | float) * {'TiB': 1024, 'GiB': 1, 'MiB': 1 / 1024}.get(unit, 0)) }}
{% endmacro %}
