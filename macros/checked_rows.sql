{#
    Every raw row of a table, typed by the contract in _sources.yml, with the reason why it must be turned away
    (`rejected_because`, null for a good row), the optional values that could not be read (`blanked`) and, for a
    rejected row, its raw text. As many rows leave as came: so staged + rejected = raw.

    A row of a later delivery replaces that of an earlier one with the same key. A daily run reads the new deliveries
    and judges again the rows that they replace, and those that were turned away for want of something that may have come.

    known: for each column that refers to another table, the relation that knows its values; `customer_ids` also
           says which living customer an id means.
    joins: more relations, at most one row of each for a row of `typed`
    also:  more `when ... then 'column: reason'` lines over the typed columns (`typed`) and those of the joins
    again: SQL over a good row that is there (`stored`): whether something else has come that concerns it
#}
{% macro checked_rows(table, known={}, joins='', also='', again='false') %}
{% if execute %}
{% set node = graph.sources.values() | selectattr('name', 'equalto', table) | first %}
{% set columns = node.columns.values() | list %}
{% set key = node.config.meta.key %}
{% endif %}
{% set key = key or [] %}
{# a customer in the key is one under whichever of his ids the row came #}
{% set living = (columns | default([])) | selectattr('name', 'in', key) | selectattr('name', 'in', known)
    | selectattr('config.meta.refers_to', 'equalto', 'customers') | map(attribute='name') | list %}
{{ config(materialized=incremental_where_possible(), incremental_strategy='replace_keys', source_table=table) }}
{% set is_daily = is_incremental() %}
{% set came = types_in(source('raw', table)) %}
{# all rows of a full build flow through, rather than wait in memory until the repeated ones are numbered #}
{% set flowing = 'not materialized ' if target.type == 'duckdb' and not is_daily %}
with delivered as {{ flowing }}(
    select
        {% for column in columns %}
        {% set value = within_limit(column, came.get(column.name)) %}
        {{ 'coalesce(living_id, ' ~ value ~ ')' if column.name in living else value }} as {{ column.name }},
        {% endfor %}
        case
            {% for column in columns %}{{ faults(column, came.get(column.name)) }}{% endfor %}
        end as fault,
        {{ blanked(columns | default([]), came) }} as blanked,
        {{ raw_row(columns | default([])) }} as raw_row,
        delivery
        {%- if is_daily %},
        cast(null as string) as kept_row,
        false as was_good
        {%- endif %}
    from {{ source('raw', table) }}
    {% for name in living %}
    left join (select customer_id as given_id, survivor_id as living_id from {{ known[name] }}) as ids
        on cast({{ name }} as string) = given_id
    {% endfor %}
    {% if is_daily %}
    -- whoever runs this model once more takes nothing in twice
    where delivery not in (select distinct stored.delivery from {{ this }} as stored)
    {% endif %}
),

{% if is_daily %}
keys_again as (
    select {{ key | join(', ') }} from delivered where fault is null
    union
    select {{ key | join(', ') }}
    from {{ this }} as stored
    where stored.is_readable and (
        (stored.rejected_because is null and {{ again }})
        or stored.rejected_because like '%: no exchange rate%'
        {%- for column in columns if column.name in known %}
        or (
            stored.rejected_because = '{{ column.name }}: not in {{ column.config.meta.refers_to }}'
            and stored.{{ column.name }} in (
                select {{ column.name }}
                from {{ table_of('checked_' ~ column.config.meta.refers_to) }}
                where judged_in = {{ this_run() }} and rejected_because is null
            )
        )
        {%- endfor %}
    )
),

typed as (
    select * from delivered
    union all
    select
        {% for column in columns %}
        stored.{{ column.name }},
        {% endfor %}
        null as fault,
        stored.blanked,
        null as raw_row,
        stored.delivery,
        stored.raw_row as kept_row,
        stored.rejected_because is null as was_good
    from {{ this }} as stored
    inner join keys_again on {{ same_key(key, 'keys_again', 'stored') }}
    where stored.is_readable
),
{% else %}
typed as {{ flowing }}(
    select * from delivered
),
{% endif %}

repeated as (
    select {{ key | join(', ') }}
    from typed
    group by {{ key | join(', ') }}
    having count(*) > 1
),

judged as {{ flowing }}(
    select
        {% for column in columns %}
        {% if column.name in known and column.config.meta.refers_to == 'customers' %}
        coalesce(known_{{ column.name }}.survivor_id, typed.{{ column.name }}) as {{ column.name }},
        {% else %}
        typed.{{ column.name }},
        {% endif %}
        {% endfor %}
        typed.blanked,
        typed.raw_row,
        typed.delivery,
        {% if is_daily %}
        typed.kept_row,
        typed.was_good,
        {% endif %}
        typed.fault is null as is_readable,
        repeated.{{ key[0] }} is not null as is_repeated,
        {% if known or also | trim %}
        coalesce(
            typed.fault,
            case
                {% for column in columns if column.name in known %}
                when typed.{{ column.name }} is not null and known_{{ column.name }}.{{ column.name }} is null
                    then '{{ column.name }}: not in {{ column.config.meta.refers_to }}'
                {% endfor %}
                {{ also }}
            end
        ) as fault
        {% else %}
        typed.fault
        {% endif %}
    from typed
    left join repeated on {{ same_key(key, 'repeated', 'typed', '=') }}
    {% for name, relation in known.items() %}
    left join {{ relation }} as known_{{ name }} on typed.{{ name }} = known_{{ name }}.{{ name }}
    {% endfor %}
    {{- joins | trim('\n') }}
),

numbered as (
    select
        judged.*,
        1 as place,
        false as is_replaced
    from judged
    where fault is not null or not is_repeated
    union all
    select
        judged.*,
        -- of several good rows with one key the greatest of the latest delivery is kept, over all columns: which one
        -- it is must not depend on the order of the file
        row_number() over (
            partition by {{ key | join(', ') }}, delivery
            order by {% for column in columns %}{{ column.name }} desc nulls last{{ ', ' if not loop.last }}{% endfor %}
            {{- ', kept_row nulls first' if is_daily }}
        ) as place,
        {{ natural_order('delivery') }} < max({{ natural_order('delivery') }}) over (partition by {{ key | join(', ') }}) as is_replaced
    from judged
    where fault is null and is_repeated
),

decided as (
    select
        *,
        coalesce(fault, case
            when place > 1 then '{{ key | join(", ") }}: duplicate'
            when is_replaced then '{{ key | join(", ") }}: replaced by a later delivery'
        end) as rejected_because
    from numbered
)

select
    {% for column in columns %}
    {{ column.name }},
    {% endfor %}
    blanked,
    rejected_because,
    {% if is_daily %}
    case
        when rejected_because is null or rejected_because like '%: replaced by %' then null
        else coalesce(kept_row, case when raw_row is not null then {{ row_text('raw_row', columns) }} end)
    end as raw_row,
    {% else %}
    case when fault is not null or place > 1 then {{ row_text('raw_row', columns) }} end as raw_row,
    {% endif %}
    delivery,
    is_readable,
    {{ 'was_good' if is_daily else 'false' }} as was_good,
    {{ this_run() }} as judged_in
from decided
{% endmacro %}


{% macro same_key(key, one, other, equals='is not distinct from') -%}
{% for name in key %}{{ one }}.{{ name }} {{ equals }} {{ other }}.{{ name }}{{ ' and ' if not loop.last }}{% endfor %}
{%- endmacro %}


{% macro faults(column, came) %}
{% set rules = column.config.meta %}
{% set typed = read_as(column.name, column.data_type, came) %}
{% if rules.required %}
            when {{ column.name }} is null then '{{ column.name }}: missing'
{% endif %}
{% if (rules.required or rules.strict) and column.data_type != 'string' %}
            when {{ column.name }} is not null and {{ typed }} is null
                then '{{ column.name }}: not a {{ column.data_type.split("(")[0] }}'
{% endif %}
{% if rules.at_most is defined and (rules.required or rules.strict) %}
            when abs({{ typed }}) > {{ rules.at_most }} then '{{ column.name }}: above {{ rules.at_most }}'
{% endif %}
{% if rules.at_least is defined %}
            when {{ typed }} < {{ rules.at_least }} then '{{ column.name }}: below {{ rules.at_least }}'
{% endif %}
{% endmacro %}


{# A raw value as its type in the contract, a code in capitals; null where it cannot be read, or is optional and above the limit. #}
{% macro within_limit(column, came) %}
{% set value, rules = read_as(column.name, column.data_type, came), column.config.meta %}
{% if rules.upper %}{{ return('upper(' ~ value ~ ')') }}{% endif %}
{% if rules.at_most is defined and not rules.required and not rules.strict %}
{{ return('case when abs(' ~ value ~ ') <= ' ~ rules.at_most ~ ' then ' ~ value ~ ' end') }}
{% endif %}
{{ return(value) }}
{% endmacro %}


{% macro blanked(columns, came) %}
nullif(concat_ws(', ', cast(null as string)
            {%- for column in columns if column.data_type != 'string' %}
            {%- if not column.config.meta.required and not column.config.meta.strict %},
            case when {{ column.name }} is not null and {{ within_limit(column, came.get(column.name)) }} is null
                then '{{ column.name }}' end
            {%- endif %}{% endfor %}), '')
{%- endmacro %}
