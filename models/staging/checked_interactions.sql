-- depends_on: {{ ref('raw_files') }}
{{ checked_rows('interactions', known={'customer_id': ref('customer_ids')}) }}
