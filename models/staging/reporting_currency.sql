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
        min(upper(cast(currency as varchar))) as one_of_them,
        max(upper(cast(currency as varchar))) as another
    from {{ source('raw', 'orders') }}
),

chosen as (
    select
        used.*,
        coalesce(
            {{ "'" ~ var('reporting_currency') | upper ~ "'," if var('reporting_currency') }}
            declared.currency,
            case used.currencies when 0 then 'XXX' when 1 then used.another end
        ) as reporting_currency
    from declared
    cross join used
)

select
    reporting_currency,
    case
        when reporting_currency is null
            then (select files.file from {{ ref('raw_files') }} as files where files.source = 'orders')
                || ', column currency: amounts are in ' || one_of_them || ', ' || another || ' and perhaps others, and nothing says '
                || 'which to report in: give exchange_rates.csv with rate 1 for that one, or VARS={"reporting_currency": "'
                || one_of_them || '"}'
    end as problem
from chosen
