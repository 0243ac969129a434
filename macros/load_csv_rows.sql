{#
    dbt-spark fills in the values of a seed as text: an apostrophe ends it and an empty cell becomes the word None.
    Here each value is a literal of its own.
#}
{% macro spark__load_csv_rows(model, agate_table) %}
{% set types = model.config.column_types %}
{% for rows in agate_table.rows | batch(500) %}
    {% set values = [] %}
    {% for row in rows %}
        {% set cells = [] %}
        {% for column in agate_table.column_names %}
            {% set text = (row[column] | string).replace('\\', '\\\\').replace("'", "\\'") %}
            {% do cells.append('null' if row[column] is none else "cast('" ~ text ~ "' as " ~ types[column] ~ ')') %}
        {% endfor %}
        {% do values.append('(' ~ cells | join(', ') ~ ')') %}
    {% endfor %}
    {% do adapter.add_query('insert into ' ~ this ~ ' values ' ~ values | join(', '), abridge_sql_log=true) %}
{% endfor %}
{{ return('select 1') }}
{% endmacro %}
