{{ config(materialized='view') }}
{% set keys = {
    'customers': 'customer_id', 'orders': 'order_id', 'products': 'product_id',
    'order_lines': "order_id || '/' || coalesce(cast(line_no as string), '?')",
    'interactions': 'interaction_id', 'feedback': 'feedback_id',
    'campaign_contacts': "campaign_id || '/' || customer_id",
    'exchange_rates': "currency || '/' || cast(rate_date as string)", 'customer_merges': 'customer_id',
} %}
{% for table, key in keys.items() %}
select
    '{{ table }}' as source,
    cast({{ key }} as string) as row_key,
    split_part(rejected_because, ': ', 1) as column_name,
    split_part(rejected_because, ': ', 2) as reason,
    raw_row
from {{ ref('checked_' ~ table) }}
where rejected_because is not null
union all
{% endfor %}
select
    source,
    case when delivery like '%/%' then delivery || ', ' else '' end || 'line ' || cast(line as string) as row_key,
    cast(null as string) as column_name,
    'broken line: ' || reason as reason,
    {{ 'text' if var('show_personal_data') else 'shown' }} as raw_row
from {{ source('raw', 'malformed_lines') }}
