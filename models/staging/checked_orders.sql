-- depends_on: {{ ref('raw_files') }}
{% set also %}
                when typed.status is not null and not exists (
                    select 1 from {{ ref('order_statuses') }} as statuses where statuses.status = {{ word('typed.status') }}
                ) then 'status: not in order_statuses.csv'
                when upper(typed.currency) <> (select reporting_currency from {{ ref('reporting_currency') }}) and coalesce((
                    select min(rates.rate_date) from {{ ref('checked_exchange_rates') }} as rates
                    where rates.rejected_because is null and upper(rates.currency) = upper(typed.currency)
                ), date '9999-12-31') > cast(typed.ordered_at as date) then 'currency: no exchange rate on or before the day'
{% endset %}
{{ checked_rows('orders', known={'customer_id': ref('customer_ids')}, also=also) }}
