-- depends_on: {{ ref('raw_files') }}
{{ checked_rows('campaign_contacts', known={'customer_id': ref('customer_ids')}) }}
