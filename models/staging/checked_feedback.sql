-- depends_on: {{ ref('raw_files') }}
{{ checked_rows('feedback', known={'customer_id': ref('customer_ids')}) }}
