{#
    The rows of a rule file (a seed) while compiling, so that rules become plain SQL. Read from the seed's own
    relation and not by ref(): inside a unit test ref() is a CTE that no query of its own can see.
    The caller says `-- depends_on: {{ ref('<file>') }}`, so that the seed is loaded first.
#}
{% macro rule_rows(file, columns, where='true', order_by='1') %}
{% if not execute %}{{ return([]) }}{% endif %}
{% set rows = run_query('select ' ~ columns ~ ' from ' ~ table_of(file) ~ ' where ' ~ where ~ ' order by ' ~ order_by).rows %}
{{ return(rows | list) }}
{% endmacro %}
