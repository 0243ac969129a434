-- depends_on: {{ ref('raw_files') }}
with declared as (
    select max(upper(currency)) as currency
    from (
        select currency
        from {{ ref('checked_exchange_rates') }}
        where rejected_because is null
        group by currency
        having min(rate) = 1 and max(rate) = 1
    ) as currencies_at_one
),

used as (
    select
        count(distinct upper(cast(currency as varchar))) as currencies,
        max(upper(cast(currency as varchar))) as currency
    from {{ source('raw', 'orders') }}
)

select
    coalesce(
        {% if var('reporting_currency') %}'{{ var("reporting_currency") | upper }}',{% endif %}
        declared.currency,
        case when used.currencies = 1 then used.currency when used.currencies = 0 then 'XXX' end
    ) as reporting_currency
from declared
cross join used
