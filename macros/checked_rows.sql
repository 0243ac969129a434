{#
    Every raw row of a table, typed by the contract in _sources.yml, with the reason why it must be turned away
    (`rejected_because`, null for a good row), the optional values that could not be read (`blanked`) and, for a
    rejected row, its raw text. As many rows leave as came: so staged + rejected = raw.

    known: for each column that refers to another table, the relation that knows its values; `customer_ids` also
           says which living customer an id means.
    joins: more relations, at most one row of each for a row of `typed`
    also:  more `when ... then 'column: reason'` lines over the typed columns (`typed`) and those of the joins
#}
{% macro checked_rows(table, known={}, joins='', also='') %}
{% if execute %}
{% set node = graph.sources.values() | selectattr('name', 'equalto', table) | first %}
{% set columns = node.columns.values() | list %}
{% set key = node.config.meta.key %}
{% set is_repeated -%}
exists (
        select 1 from repeated
        where {% for name in key %}repeated.{{ name }} = judged.{{ name }}{{ ' and ' if not loop.last }}{% endfor %}
    )
{%- endset %}
{% endif %}
with typed as (
    select
        {% for column in columns %}
        {{ read_as(column.name, column.data_type) }} as {{ column.name }},
        {% endfor %}
        case
            {% for column in columns %}{{ faults(column) }}{% endfor %}
        end as fault,
        {{ blanked(columns | default([])) }} as blanked,
        {{ raw_row(columns | default([])) }} as raw_row
    from {{ source('raw', table) }}
),

judged as (
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
    {% for name, relation in known.items() %}
    left join {{ relation }} as known_{{ name }} on typed.{{ name }} = known_{{ name }}.{{ name }}
    {% endfor %}
    {{- joins | trim('\n') }}
),

repeated as (
    select {{ key | join(', ') }}
    from judged
    where fault is null
    group by {{ key | join(', ') }}
    having count(*) > 1
),

numbered as (
    select
        judged.*,
        1 as copy_no
    from judged
    where fault is not null or not {{ is_repeated }}
    union all
    select
        judged.*,
        -- of several good rows with one key the greatest is kept, over all columns: which one it is must not
        -- depend on the order of the file
        row_number() over (
            partition by {{ key | join(', ') }}
            order by {% for column in columns %}{{ column.name }} desc nulls last{{ ', ' if not loop.last }}{% endfor %}
        ) as copy_no
    from judged
    where fault is null and {{ is_repeated }}
)

select
    {% for column in columns %}
    {{ column.name }},
    {% endfor %}
    blanked,
    coalesce(fault, case when copy_no > 1 then '{{ key | join(", ") }}: duplicate' end) as rejected_because,
    case when fault is not null or copy_no > 1 then {{ row_text('raw_row') }} end as raw_row
from numbered
{% endmacro %}


{% macro faults(column) %}
{% set rules = column.config.meta %}
{% set typed = read_as(column.name, column.data_type) %}
{% if rules.required %}
            when {{ column.name }} is null then '{{ column.name }}: missing'
{% endif %}
{% if (rules.required or rules.strict) and column.data_type != 'string' %}
            when {{ column.name }} is not null and {{ typed }} is null
                then '{{ column.name }}: not a {{ column.data_type.split("(")[0] }}'
{% endif %}
{% if rules.at_least is defined %}
            when {{ typed }} < {{ rules.at_least }} then '{{ column.name }}: below {{ rules.at_least }}'
{% endif %}
{% endmacro %}


{% macro blanked(columns) %}
nullif(concat_ws(', ', cast(null as string)
            {%- for column in columns if column.data_type != 'string' %}
            {%- if not column.config.meta.required and not column.config.meta.strict %},
            case when {{ column.name }} is not null and {{ read_as(column.name, column.data_type) }} is null then '{{ column.name }}' end
            {%- endif %}{% endfor %}), '')
{%- endmacro %}
