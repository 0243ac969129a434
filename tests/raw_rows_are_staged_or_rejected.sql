-- the law of staging, per source: what was read, in this run and in those before it, and broken lines = staged + rejected
{% for table in ['customers', 'orders', 'order_lines', 'products', 'interactions', 'feedback', 'campaign_contacts',
    'exchange_rates'] %}
select *
from (
    select
        '{{ table }}' as source,
        (select max(rows_so_far) from {{ ref('raw_files') }} where source = '{{ table }}')
        + (select count(*) from {{ source('raw', 'malformed_lines') }} where source = '{{ table }}') as raw_rows,
        (select count(*) from {{ ref('stg_' ~ table) }}) as staged,
        (select count(*) from {{ ref('rejected_rows') }} where source = '{{ table }}') as rejected
) as counts
where raw_rows <> staged + rejected
{{ 'union all' if not loop.last }}
{% endfor %}
