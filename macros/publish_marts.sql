{#
    On Spark: the public marts as tables of a database of their own, in `folder`, and then the views of
    <schema>_published onto them. Queries that run go on with the version they began with; the one before it is kept
    until the next publish. Run by `make build TARGET=spark`, after a green build.
#}
{% macro publish_marts(version, folder) %}
{% set versions = target.schema ~ '_published_' %}
{% set marts = graph.nodes.values() | selectattr('resource_type', 'equalto', 'model') | selectattr('access', 'equalto', 'public') | list %}
{% do run_query('create database ' ~ versions ~ version ~ " location '" ~ folder ~ "'") %}
{% for mart in marts %}
    {% do run_query('create table ' ~ versions ~ version ~ '.' ~ mart.name ~ ' using parquet as select * from ' ~ mart.relation_name) %}
{% endfor %}
{% do run_query('create database if not exists ' ~ target.schema ~ '_published') %}
{% for mart in marts %}
    {% do run_query('create or replace view ' ~ target.schema ~ '_published.' ~ mart.name
        ~ ' as select * from ' ~ versions ~ version ~ '.' ~ mart.name) %}
{% endfor %}
{% set kept = run_query("show databases like '" ~ versions ~ "*'").columns[0].values() | sort %}
{% for database in kept[:-2] %}
    {% do run_query('drop database ' ~ database ~ ' cascade') %}
{% endfor %}
{% endmacro %}
