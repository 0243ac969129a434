{{ config(materialized=incremental_where_possible(), incremental_strategy='replace_customers', changed_by=['customers']) }}
-- depends_on: {{ ref('changed_rows') }}
-- what customers declared about themselves, in the words of rules/words.csv and rules/regions.csv; it carries no date and
-- holds always. A stated word that the files do not know is `other`; one that says that nothing is known is null, and so are
-- no employees. The climate is read off the country.
{% set attributes = declared_attributes() %}
with words as (
    select * from {{ ref('words') }}
    union all
    select * from {{ ref('regions') }}
),

declared as (
    select
        customers.customer_id,
        customers.birth_date,
        nullif(customers.employees, 0) as employees,
        customers.assets,
        1 + length(customers.interests) - length(replace(customers.interests, ';', '')) as interests,
        {% for attribute, column in attributes.items() %}
        nullif(
            coalesce({{ attribute }}_words.meaning, case when trim(customers.{{ column }}) <> '' then 'other' end), 'unknown'
        ) as declared_{{ attribute }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('stg_customers') }} as customers
    {% for attribute, column in attributes.items() %}
    left join words as {{ attribute }}_words
        on {{ attribute }}_words.attribute = '{{ attribute }}'
        and {{ word('trim(customers.' ~ column ~ ')') }} = {{ attribute }}_words.word
    {% endfor %}
    where customers.customer_id = customers.living_id
        {%- if this_run() %} and customers.customer_id in ({{ customers_again() }}){% endif %}
)

select
    *,
    case
        when declared_customer_type = 'individual' then 'individual'
        when declared_customer_type in ('sme', 'enterprise', 'organisation') or employees > 0 then 'organisation'
    end as customer_kind,
    {% for column in attributes.values() | unique | list + ['birth_date', 'employees', 'assets', 'interests'] %}
    case when {{ 'declared_' if column in attributes }}{{ column }} is not null then 1 else 0 end{{ ' +' if not loop.last }}
    {% endfor %}
    as declared_attributes
from declared
