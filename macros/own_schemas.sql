{#
    Nothing is replaced that this project did not make. It works in two schemas, that of its tables and that of the raw rows,
    and marks them. Where one without the mark holds a table of a name that we would use, nothing is built.
#}
{% macro own_schemas() %}
{% if execute %}
{% set ours = [] %}
{% for node in graph.nodes.values() if node.resource_type in ('model', 'seed') %}{% do ours.append(node.alias | lower) %}{% endfor %}
{% set raw = ['malformed_lines', 'deliveries', 'taken_in', 'run'] + (graph.sources.values() | map(attribute='name') | list) %}
{% do own_schema(target.schema, ours) %}
{% do own_schema('raw' if target.type == 'duckdb' else target.schema ~ '_raw', raw) %}
{% endif %}
{% endmacro %}


{% macro own_schema(schema, ours) %}
{% set database = none if target.type == 'spark' else target.database %}
{% set mark = api.Relation.create(database=database, schema=schema, identifier='made_by_customer_segmentation') %}
{% do adapter.create_schema(mark) %}
{% if not adapter.get_relation(database=database, schema=schema, identifier=mark.identifier) %}
    {% set there = [] %}
    {% for name in ours if adapter.get_relation(database=database, schema=schema, identifier=name) %}{% do there.append(name) %}{% endfor %}
    {# these two are of a build from before there were marks #}
    {% if there and 'taken_in' not in there and 'raw_files' not in there %}
        {{ exceptions.raise_compiler_error('\n  STOPPED: the schema ' ~ schema ~ ' of ' ~ (database or 'this server')
            ~ ' holds tables that this project did not make, and would replace: ' ~ there | sort | join(', ')
            ~ '. Nothing was touched; give another database, or another schema in profiles.yml.') }}
    {% endif %}
    {% do run_query('create table ' ~ mark ~ (' using parquet' if target.type == 'spark' else '') ~ ' as select 1 as marked') %}
{% endif %}
{% endmacro %}
