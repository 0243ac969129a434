{#
    MEMORY=4GB: what does not fit goes to a folder beside the working file, and one thread works for each 4 GB: each holds
    joins of its own. Without it DuckDB takes up to 80% of the machine's.
#}
{% macro bound_memory() %}
{% set memory = env_var('SEGMENTATION_MEMORY', '') %}
{% if execute and memory and target.type == 'duckdb' %}
{% do run_query("set global memory_limit = '" ~ memory ~ "'") %}
{% set limit = run_query("select current_setting('memory_limit')").columns[0].values()[0] %}
{% set number, unit = limit.split(' ') %}
{% set threads = (number | float * {'GiB': 1, 'TiB': 1024}.get(unit, 0) / 3.6) | int %}  {# 4 GB are 3.7 GiB #}
{% set threads = [[threads, 1] | max, run_query("select current_setting('threads')").columns[0].values()[0]] | min %}
{% do run_query('set global threads = ' ~ threads) %}
{% do log('Memory: ' ~ limit ~ ', threads: ' ~ threads, info=true) %}
{% endif %}
{% endmacro %}
