{#
    A table with rows of many customers at many dates is made customers by customers, so that what is gathered, sorted and
    joined at once stays within MEMORY, and the rows of a customer lie near each other. A model says where it reads
    customers, `where {{ of_these_customers('customer_id') }}`: all of them at once where they are few (customers_at_once),
    in what a daily run adds, and on engines that share work out by themselves.
#}
{% macro of_these_customers(column) -%}
true /* these customers: {{ column }} */
{%- endmacro %}


{# What dbt-duckdb does, and one insert more for each further part of the customers. #}
{% macro duckdb__create_table_as(temporary, relation, compiled_code, language='sql', partitioned_by=none, sorted_by=none) %}
{% set bounds = customer_bounds() if not temporary and 'true /* these customers: ' in compiled_code else [] %}
{% set parts = [] %}
{% for bound in bounds %}
    {% do parts.append(modules.re.sub('true /\\* these customers: (\\S+) \\*/', bound, compiled_code)) %}
{% endfor %}
{% set first = dbt.duckdb__create_table_as(
    temporary, relation, parts[0] if parts else compiled_code, language, partitioned_by=partitioned_by, sorted_by=sorted_by
) %}
{% set statements = [first] %}
{% for part in parts[1:] %}
    {% do statements.append('insert into ' ~ relation ~ ' by name from (' ~ part ~ ');') %}
{% endfor %}
{{ return(statements | join('\n')) }}
{% endmacro %}


{# For each part of at most customers_at_once customers the condition that a column, \1, is of it; [] if one part is enough. #}
{% macro customer_bounds() %}
{% set ids = table_of('customer_ids') %}
{% set parts = (run_query('select count(*) from ' ~ ids).columns[0].values()[0] / var('customers_at_once')) | round(method='ceil') | int %}
{% set edges = [] %}
{% for part in range(1, parts) %}
    {% set edge = run_query('select quantile_disc(customer_id, ' ~ part / parts ~ ') from ' ~ ids).columns[0].values()[0] %}
    {% do edges.append("'" ~ edge | replace("'", "''") | replace('\\', '\\\\') ~ "'") %}
{% endfor %}
{% set bounds = [] %}
{% for edge in edges %}
    {% do bounds.append(('\\1 >= ' ~ edges[loop.index0 - 1] ~ ' and ' if loop.index0 else '') ~ '\\1 < ' ~ edge) %}
{% endfor %}
{% if edges %}{% do bounds.append('\\1 >= ' ~ edges[-1]) %}{% endif %}
{{ return(bounds) }}
{% endmacro %}
