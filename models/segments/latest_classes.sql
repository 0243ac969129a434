{{ config(materialized='view') }}
-- depends_on: {{ ref('dimensions') }}
-- depends_on: {{ ref('scores') }}
-- the latest date once more, with every number that criteria may name, and each class beside the one decided by hand, which
-- no other criteria would change
{% set dimensions = rule_rows('dimensions', 'dimension') | map(attribute='dimension') | list %}
select
    measures.*,
    {{ declared_words('attributes') | indent(4) }},
    {% for name in rank_columns() + ['prefers_product', 'prefers_service', 'prefers_marketing'] + dimensions %}
    classes.{{ name }},
    {% endfor %}
    {% for dimension in dimensions %}
    overrides.{{ dimension }}_override{{ ',' if not loop.last }}
    {% endfor %}
from {{ ref('customer_classes') }} as classes
inner join {{ ref('customer_measures') }} as measures
    on classes.customer_id = measures.customer_id and classes.as_of_date = measures.as_of_date
left join {{ ref('customer_attributes') }} as attributes on classes.customer_id = attributes.customer_id
left join {{ ref('class_overrides') }} as overrides
    on classes.customer_id = overrides.customer_id and classes.as_of_date = overrides.as_of_date
where classes.is_latest and measures.is_latest
