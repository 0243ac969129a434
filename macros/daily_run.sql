{#
    A run is full or daily (customer_segmentation/daily.py decides, and raw_files says): the number of a daily run,
    0 for a full one. Unit tests and engines without incremental models always see a full one.
    Some two hundred questions of a build: once raw_files is built (remember_run), dbt's graph keeps the answer for this invocation.
#}
{% macro this_run() %}
{% if not execute or flags.FULL_REFRESH or target.type != 'duckdb' or model.resource_type == 'unit_test' %}{{ return(0) }}{% endif %}
{% if graph.get('run_of') == invocation_id %}{{ return(graph['run']) }}{% endif %}
{% set raw_files = adapter.get_relation(database=target.database, schema=target.schema, identifier='raw_files') %}
{% if raw_files is none %}{{ return(0) }}{% endif %}
{{ return(run_query('select coalesce(max(run), 0) from ' ~ raw_files).columns[0].values()[0] | int) }}
{% endmacro %}

{% macro remember_run() %}{% if execute %}{% do graph.update({'run': this_run(), 'run_of': invocation_id}) %}{% endif %}{% endmacro %}


{# dbt asks this before it builds an incremental model anew. #}
{% macro should_full_refresh() %}
{% set configured = config.get('full_refresh') %}
{{ return(configured if configured is not none else this_run() == 0) }}
{% endmacro %}


{# Where tables cannot be changed in place, every run builds them anew. #}
{% macro incremental_where_possible() %}
{{ return('incremental' if target.type == 'duckdb' else 'table') }}
{% endmacro %}


{# The working table of a name; ref() would be one more input of every unit test, and these come long before. #}
{% macro table_of(name) %}
{{ return(api.Relation.create(database=none if target.type == 'spark' else target.database, schema=target.schema, identifier=name)) }}
{% endmacro %}


{# The orders that a daily run has judged anew, or of which it has judged a line anew. A row that cannot be read replaces nothing. #}
{% macro orders_again() -%}
select order_id from {{ table_of('checked_orders') }} where judged_in = {{ this_run() }} and is_readable
union
select order_id from {{ table_of('checked_order_lines') }} where judged_in = {{ this_run() }} and is_readable
{%- endmacro %}


{# Whether this daily run has judged any row of a raw table. #}
{% macro has_rows_again(table) %}
{% if not this_run() %}{{ return(false) }}{% endif %}
{% set query = 'select count(*) from ' ~ table_of('checked_' ~ table) ~ ' where judged_in = ' ~ this_run() %}
{{ return(run_query(query).columns[0].values()[0] > 0) }}
{% endmacro %}


{# How a daily run changes a table: some rows go, and the new ones come. What goes is the rows of the dates that are not frozen, #}
{% macro get_incremental_replace_dates_sql(arguments) %}
{% set day = config.get('day_column', 'as_of_date') %}
{% set asked = config.get('dates_in', 'as_of_dates') %}
{{ replaced(arguments, is_judged_now(config.get('judged_by', day))
    ~ (' or ' ~ day ~ ' not in (select as_of_date from ' ~ table_of(asked) ~ ')' if asked != 'anything')) }}
{% endmacro %}


{# the rows of the orders that were judged again, #}
{% macro get_incremental_replace_orders_sql(arguments) %}
{{ replaced(arguments, 'order_id in (' ~ orders_again() ~ ')') }}
{% endmacro %}


{# the rows of the customers who come again, #}
{% macro get_incremental_replace_customers_sql(arguments) %}
{{ replaced(arguments, 'customer_id in (' ~ customers_again() ~ ')') }}
{% endmacro %}


{# or the readable rows whose key comes again. #}
{% macro get_incremental_replace_keys_sql(arguments) %}
{% set source = graph.sources.values() | selectattr('name', 'equalto', config.require('source_table')) | first %}
{% set target_name = arguments['target_relation'].identifier %}
{% set condition = target_name ~ '.is_readable and new_rows.is_readable and '
    ~ same_key(source.config.meta.key, 'new_rows', target_name) %}
{{ replaced(arguments, condition, using=arguments['temp_relation'] ~ ' as new_rows') }}
{% endmacro %}


{% macro replaced(arguments, condition, using=none) %}
{% set columns = get_quoted_csv(arguments['dest_columns'] | map(attribute='name')) %}
delete from {{ arguments['target_relation'] }}{{ ' using ' ~ using if using }} where {{ condition }};
insert into {{ arguments['target_relation'] }} ({{ columns }}) select {{ columns }} from {{ arguments['temp_relation'] }}
{% endmacro %}


{# The customers of whom a daily run has changed what a model reads: orders, or what its config `changed_by` names. #}
{% macro customers_again() -%}
{% set sources = config.get('changed_by', ['orders', 'order_lines']) -%}
select customer_id from {{ table_of('changed_rows') }} where source in ('{{ sources | join("', '") }}') and customer_id is not null
{%- endmacro %}


{# The rows that a daily run has made good ones of, or good ones no more, in the columns of the contract. #}
{% macro gained_or_lost(table) %}
{% set node = graph.sources.values() | selectattr('name', 'equalto', table) | first %}
{% set columns = node.columns.values() | map(attribute='name') | join(', ') %}
select {{ columns }}
from {{ table_of('checked_' ~ table) }}
where judged_in = {{ this_run() }} and (rejected_because is null) <> was_good
group by {{ columns }}
having sum(case when rejected_because is null then 1 else -1 end) <> 0
{%- endmacro %}


{# Whether a date was judged before and stays so: all dates before this run's latest one and the last run's, before the first
   day that has changed since, and before the first date that the last run did not judge. #}
{% macro is_frozen() -%}
{% if this_run() == 0 -%} false
{%- else -%}
as_of_date < (
        select
            least(
                (select max(latest.as_of_date) from asked as latest),
                (select max(before.as_of_date) from {{ this }} as before),
                (select min(changed.changed_on) from {{ table_of('changed_rows') }} as changed),
                min(new.as_of_date)
            )
        from asked as new
        where new.as_of_date not in (select before.as_of_date from {{ this }} as before)
    )
{%- endif %}
{%- endmacro %}


{# Whether a date was judged by an earlier run, as a past one, and is now judged again. #}
{% macro is_restated(frozen) -%}
{% set before = adapter.get_relation(this.database, this.schema, this.identifier) if execute and model.resource_type != 'unit_test' -%}
{% if not before -%} false
{%- else -%}
not {{ frozen }} and as_of_date in (
        select judged.as_of_date
        from {{ before }} as judged
        where judged.as_of_date < (select max(latest.as_of_date) from {{ before }} as latest)
    )
{%- endif %}
{%- endmacro %}


{# The last date that a daily run leaves as it is, as an SQL date; none where all dates are judged. #}
{% macro last_frozen_date() %}
{% if this_run() == 0 %}{{ return(none) }}{% endif %}
{% set query = 'select cast(max(as_of_date) as string) from ' ~ table_of('as_of_dates') ~ ' where is_frozen' %}
{% set frozen = run_query(query).columns[0].values()[0] %}
{{ return("date '" ~ frozen ~ "'" if frozen else none) }}
{% endmacro %}


{# Whether a date is judged in this run. #}
{% macro is_judged_now(column='as_of_date') -%}
{% set frozen = last_frozen_date() -%}
{{ column ~ ' > ' ~ frozen if frozen else 'true' }}
{%- endmacro %}


{# Whether what happened on a day, or between two, comes into a window of so many days or leaves it by a date judged in this
   run: the sums of the last frozen date hold the rest. #}
{% macro may_count_now(day, until=none, windows=none) -%}
{% set frozen = last_frozen_date() -%}
{% set latest = latest_date() if frozen -%}
{% if not frozen -%} true
{%- else -%}
({{ until or day }} > {{ frozen }}
        {%- for days in windows or [var('recent_days')] %}
        or ({{ until or day }} + {{ days }} > {{ frozen }}{% if latest %} and {{ day }} + {{ days }} <= {{ latest }}{% endif %})
        {%- endfor %})
{%- endif %}
{%- endmacro %}


{# The latest date that is judged, as an SQL date; none in a unit test, which cannot look it up. #}
{% macro latest_date() %}
{% if this_run() == 0 %}{{ return(none) }}{% endif %}
{% set query = 'select cast(max(as_of_date) as string) from ' ~ table_of('as_of_dates') %}
{{ return("date '" ~ run_query(query).columns[0].values()[0] ~ "'") }}
{% endmacro %}


{# Before the files are read, when somebody asked for a full build. #}
{% macro forget_last_run() %}
{% if execute and flags.FULL_REFRESH and target.type == 'duckdb' %}
create schema if not exists raw;
drop table if exists raw.run
{% endif %}
{% endmacro %}


{# After the last node: the run counts as finished if every model was built and nothing failed. #}
{% macro finish_run(results) %}
{% if execute and target.type == 'duckdb' %}
{% set failed = results | rejectattr('status', 'in', ['success', 'pass', 'warn', 'no-op']) | list %}
{% set built = results | map(attribute='node.unique_id') | select('in', graph.nodes) | list %}
{% set missing = graph.nodes.values() | selectattr('resource_type', 'equalto', 'model') | rejectattr('unique_id', 'in', built) | list %}
{% if not failed and not missing %}
update raw.run set is_complete = true
{% endif %}
{% endif %}
{% endmacro %}
