-- depends_on: {{ ref('raw_files') }}
{{ checked_rows('products') }}
