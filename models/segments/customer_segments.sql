{{ config(materialized='view') }}
-- depends_on: {{ ref('dimensions') }}
select
    customer_id,
    as_of_date
    {%- for dimension in rule_rows('dimensions', 'dimension') %},
    cast({{ dimension.dimension }} as string) as {{ dimension.dimension }}
    {%- endfor %},
    prefers_product,
    prefers_service,
    prefers_marketing
from {{ ref('segment_scores') }}
