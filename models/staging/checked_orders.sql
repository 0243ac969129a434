-- depends_on: {{ ref('raw_files') }}
{% set joins %}
    cross join {{ ref('reporting_currency') }} as reporting
    left join {{ ref('order_statuses') }} as statuses on {{ word('typed.status') }} = statuses.status
    left join (
        select
            upper(currency) as currency,
            min(rate_date) as first_rate_date
        from {{ ref('checked_exchange_rates') }}
        where rejected_because is null
        group by upper(currency)
    ) as rates on upper(typed.currency) = rates.currency
{% endset %}
{% set also %}
                when typed.status is not null and statuses.status is null then 'status: not in order_statuses.csv'
                when upper(typed.currency) <> reporting.reporting_currency
                    and (rates.first_rate_date is null or rates.first_rate_date > cast(typed.ordered_at as date))
                    then 'currency: no exchange rate on or before the day'
{% endset %}
{# new rates concern the orders in their currencies from their first day on; one order more judged again does no harm #}
{% set new_rates = ref('checked_exchange_rates') ~ ' where judged_in = ' ~ this_run() %}
{% set again %}
upper(stored.currency) in (select upper(currency) from {{ new_rates }})
        and cast(stored.ordered_at as date) >= (select min(rate_date) from {{ new_rates }})
{%- endset %}
{% set again = again if has_rows_again('exchange_rates') else 'false' %}
{{ checked_rows('orders', known={'customer_id': ref('customer_ids')}, joins=joins, also=also, again=again) }}
