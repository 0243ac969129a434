{{ config(materialized='view') }}
-- depends_on: {{ ref('dimensions') }}
-- The classes, and the numbers that rules/dimensions.csv shows beside them: what a reader of customer_segments(_long) needs.
-- The published file has it as a table, and those two as views onto it: as rows of their own they are forty times as many.
{% set dimensions = rule_rows('dimensions', 'dimension, score, evidence') %}
{% set numbers = (dimensions | map(attribute='score') | select | list + dimensions | map(attribute='evidence') | list) | unique | list %}
select
    customer_id,
    as_of_date,
    {% for row in dimensions %}
    {{ row.dimension }},
    {% endfor %}
    {% for number in numbers %}
    cast({{ number }} as double) as {{ number | replace(' + ', '_and_') }}_number,
    {% endfor %}
    prefers_product,
    prefers_service,
    prefers_marketing
from {{ ref('customer_classes') }}
