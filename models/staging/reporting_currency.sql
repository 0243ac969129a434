-- depends_on: {{ ref('raw_files') }}
-- the currency of a full run holds in daily ones; rows that would have led to another one stop them, and the next run is full
{% set wanted = var('reporting_currency') | default('', true) | upper %}
with declared as (
    select
        min(currency) as currency,
        count(*) as currencies,
        max(case when currency = '{{ wanted }}' then 1 else 0 end) as wanted_is_one
    from (
        select upper(currency) as currency
        from {{ ref('checked_exchange_rates') }}
        where rejected_because is null
        group by upper(currency)
        having min(rate) = 1 and max(rate) = 1
    ) as currencies_at_one
),

used as (
    select
        upper(cast(currency as string)) as currency,
        count(*) as orders,
        sum(count(*)) over () as all_orders,
        row_number() over (order by count(*) desc, upper(cast(currency as string))) as place
    from (
        select currency from {{ source('raw', 'orders') }}
        {% if this_run() -%}
        union all
        select currency from {{ table_of('checked_orders') }}
        {%- endif %}
    ) as orders
    where currency is not null
    group by upper(cast(currency as string))
),

known as (
    select
        declared.*,
        most.currency as most_used,
        coalesce(most.orders >= 0.95 * most.all_orders, false) as is_nearly_all,
        second.currency as second_used,
        (select files.file from {{ ref('raw_files') }} as files where files.source = 'orders') as orders_file
    from declared
    left join used as most on most.place = 1
    left join used as second on second.place = 2
),

found as (
    select
        case
            when '{{ wanted }}' <> '' then '{{ wanted }}'
            when currencies = 1 then currency
            when currencies = 0 and most_used is null then 'XXX'
            -- a few orders in other currencies are turned away, row by row
            when currencies = 0 and is_nearly_all then most_used
        end as reporting_currency,
        case
            when '{{ wanted }}' <> '' and currencies > 0 and wanted_is_one = 0
                then 'exchange_rates, column rate: the rates are in ' || currency || ', which is at 1, so nothing can be reported in '
                    || '{{ wanted }}: leave reporting_currency out, or give rates in {{ wanted }}'
            when '{{ wanted }}' = '' and currencies > 1
                then 'exchange_rates, column rate: several currencies are at 1; say which one to report in, as '
                    || 'VARS={"reporting_currency": "' || currency || '"}'
            when '{{ wanted }}' = '' and currencies = 0 and not is_nearly_all and most_used is not null
                then orders_file || ', column currency: amounts are in ' || least(most_used, second_used) || ', '
                    || greatest(most_used, second_used) || ' and perhaps others, and nothing says which to report in: give '
                    || 'exchange_rates.csv with rate 1 for that one, or VARS={"reporting_currency": "' || most_used || '"}'
        end as problem
    from known
)

{% if this_run() -%}
select
    before.reporting_currency,
    coalesce(
        found.problem,
        case
            when found.reporting_currency <> before.reporting_currency
                then 'orders, column currency: amounts were reported in ' || before.reporting_currency
                    || ' so far, and with the new files it is ' || found.reporting_currency
                    || ': build once more, which will be a full run, or say which one to report in, as '
                    || 'VARS={"reporting_currency": "' || before.reporting_currency || '"}'
        end
    ) as problem
from found
cross join {{ this }} as before
{%- else -%}
select * from found
{%- endif %}
