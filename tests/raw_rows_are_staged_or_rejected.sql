-- the law of staging, per source: raw rows and broken lines = staged + rejected
{% for table in ['customers', 'orders', 'order_lines', 'products', 'interactions', 'feedback', 'campaign_contacts',
    'exchange_rates'] %}
select *
from (
    select
        '{{ table }}' as source,
        (select count(*) from {{ source('raw', table) }})
        + (select count(*) from {{ source('raw', 'malformed_lines') }} where source = '{{ table }}') as raw_rows,
        (select count(*) from {{ ref('stg_' ~ table) }}) as staged,
        (select count(*) from {{ ref('rejected_rows') }} where source = '{{ table }}') as rejected
) as counts
where raw_rows <> staged + rejected
{{ 'union all' if not loop.last }}
{% endfor %}
