{{ config(materialized='view') }}
-- depends_on: {{ ref('dimensions') }}
select
    customer_id,
    as_of_date
    {%- for dimension in rule_rows('dimensions', 'dimension') %},
    {{ dimension.dimension }}
    {%- endfor %}
from {{ ref('customer_classes') }}
