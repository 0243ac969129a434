{#
    A table with rows of many customers at many dates is made customers by customers, so that what is gathered, sorted and
    joined at once stays within MEMORY, and the rows of a customer lie near each other. A model says where it reads
    customers, `where {{ of_these_customers('customer_id') }}`: all of them at once where they fit (customers_at_once), and on
    engines that share work out by themselves.
#}
{% macro of_these_customers(column) -%}
true /* these customers: {{ column }} */
{%- endmacro %}


{#
    What dbt-duckdb does, and one insert more for each further part of the customers. A part of a table of which a daily run
    replaces the latest dates is written date by date: scattered deletes cost 8 bytes of memory for each row near them, and
    no block is ever free again.
#}
{% macro duckdb__create_table_as(temporary, relation, compiled_code, language='sql', partitioned_by=none, sorted_by=none) %}
{% set is_in_parts = model.resource_type == 'model' and 'true /* these customers: ' in compiled_code %}
{% set is_dated = config.get('materialized') == 'incremental' and config.get('incremental_strategy') == 'replace_dates' %}
{% if is_dated and is_in_parts and not temporary %}
{% set compiled_code = 'from (' ~ compiled_code ~ '\n) order by ' ~ config.get('day_column', 'as_of_date') %}
{% endif %}
{% set parts = [] %}
{% for bound in (customer_bounds() if is_in_parts else []) %}
    {% do parts.append(modules.re.sub('true /\\* these customers: (\\S+) \\*/', bound, compiled_code)) %}
{% endfor %}
{% set first = dbt.duckdb__create_table_as(
    temporary, relation, parts[0] if parts else compiled_code, language, partitioned_by=partitioned_by, sorted_by=sorted_by
) %}
{% set statements = [first] %}
{% for part in parts[1:] %}
    {% do statements.append('insert into ' ~ relation ~ ' by name from (' ~ part ~ '\n);') %}
{% endfor %}
{{ return(statements | join('\n')) }}
{% endmacro %}


{# For each part of at most customers_at_once() customers the condition that a column, \1, is of it; [] if one part is enough. #}
{% macro customer_bounds() %}
{% set ids = table_of('customer_ids') %}
{% set customers = run_query('select count(*) from ' ~ ids).columns[0].values()[0] %}
{% set parts = (customers / customers_at_once()) | round(method='ceil') | int %}
{% if parts < 2 %}{{ return([]) }}{% endif %}
{% set shares = [] %}
{% for part in range(1, parts) %}{% do shares.append(part / parts) %}{% endfor %}
{% set query = 'select unnest(quantile_disc(customer_id, ' ~ shares ~ ')) from ' ~ ids %}
{% set edges = [] %}
{% for edge in run_query(query).columns[0].values() %}
    {% do edges.append("'" ~ edge | replace("'", "''") | replace('\\', '\\\\') ~ "'") %}
{% endfor %}
{% set bounds = ['\\1 < ' ~ edges[0]] %}
{% for edge in edges[1:] %}
    {% do bounds.append('\\1 >= ' ~ edges[loop.index0] ~ ' and \\1 < ' ~ edge) %}
{% endfor %}
{{ return(bounds + ['\\1 >= ' ~ edges[-1]]) }}
{% endmacro %}


{#
    As many customers as fit into memory at all the dates that this run judges. A row of a customer at a date takes part in
    joins with up to 800 bytes: with 460 all was well at a million customers, with 300 memory ran out.
#}
{% macro customers_at_once() %}
{% if var('customers_at_once') %}{{ return(var('customers_at_once')) }}{% endif %}
{% set until = "cast('" ~ var('as_of_date') ~ "' as date)" if var('as_of_date') else 'current_date' %}
{% set dates = 'select count(*) from ' ~ table_of('as_of_dates') ~ ' where not is_frozen' if this_run()
    else "select date_diff('month', date '" ~ var('history_from') ~ "', " ~ until ~ ') + 1' if var('history_from')
    else 'select ' ~ (var('history_months') + 1) %}
{% set at_most = memory_gib() * 1024 ** 3 / 800 / [run_query(dates).columns[0].values()[0] | int, 1] | max %}
{{ return([at_most, 1] | max) }}
{% endmacro %}
