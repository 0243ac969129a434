-- depends_on: {{ ref('raw_files') }}
-- a line is as good as its order
{% set good_orders %}(select order_id from {{ ref('checked_orders') }} where rejected_because is null){% endset %}
{{ checked_rows('order_lines', known={'order_id': good_orders}) }}
