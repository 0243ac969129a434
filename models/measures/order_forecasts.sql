{{ config(materialized=incremental_where_possible()) }}
-- How many purchase days each model expects of each customer within the horizon, and how sure it is that he is still
-- there. The formulas are closed (customer_segmentation/forecast.py names the papers); times in days, alpha in weeks.
-- Where nobody is seen to leave, a is zero and there is no b.
{% set models = {'bg_nbd': 0, 'mbg_nbd': 1} %}
with parameters as (
    select
        as_of_date
        {%- for name in models %}{% for parameter in ['r', 'alpha', 'a', 'b'] %},
        max(case when model = '{{ name }}' and parameter = '{{ parameter }}' then estimate end)
        {%- if parameter == 'alpha' %} * 7{% endif %} as {{ name }}_{{ parameter }}
        {%- endfor %}{% endfor %}
    from {{ ref('forecast_parameters') }}
    group by as_of_date
),

histories as (
    select
        customer_id,
        as_of_date,
        purchase_days,
        purchase_days - 1 as repeat_days,
        tenure_days - recency_days as span_days,
        recency_days,
        tenure_days
    from {{ ref('purchase_measures') }}
    where purchase_days > 0 and {{ is_judged_now() }} and {{ of_these_customers('customer_id') }}{{ ' and false' if not var('forecast') }}
),

known as (
    select
        histories.*
        {%- for name in models %}{% for parameter in ['r', 'alpha', 'a', 'b'] %},
        parameters.{{ name }}_{{ parameter }}
        {%- endfor %}{% endfor %}
    from histories
    left join parameters on histories.as_of_date = parameters.as_of_date
),

alive as (
    select
        *,
        {% for name, occasions in models.items() %}
        {% set odds %}{{ name }}_a / (coalesce({{ name }}_b, 1) + repeat_days + {{ occasions - 1 }})
            * pow(({{ name }}_alpha + tenure_days) / ({{ name }}_alpha + span_days), {{ name }}_r + repeat_days){% endset %}
        case when {{ name }}_r is not null and repeat_days + {{ occasions }} = 0 then 1 else 1 / (1 + {{ odds }}) end
            as {{ name }}_p_alive,
        1 - pow(({{ name }}_alpha + tenure_days) / ({{ name }}_alpha + tenure_days + {{ var('horizon_days') }}), {{ name }}_r + repeat_days)
            as {{ name }}_p_if_kept,
        {% endfor %}
        cast(repeat_days as double) * {{ var('horizon_days') }} / nullif(tenure_days, 0) as naive_orders
    from known
)

select
    alive.customer_id,
    alive.as_of_date,
    alive.purchase_days,
    alive.repeat_days,
    alive.span_days,
    alive.recency_days,
    alive.tenure_days,
    {% for name in models %}
    round(alive.{{ name }}_p_alive, 6) as {{ name }}_p_alive,
    round(alive.{{ name }}_p_alive * alive.{{ name }}_p_if_kept, 6) as {{ name }}_p_active,
    round(alive.{{ name }}_p_alive * expected.{{ name }}_orders, 6) as {{ name }}_orders,
    {% endfor %}
    round(coalesce(alive.naive_orders, 0), 6) as naive_orders,
    round(1 - exp(-coalesce(alive.naive_orders, 0)), 6) as naive_p_active
from alive
left join {{ ref('expected_orders') }} as expected
    on alive.as_of_date = expected.as_of_date and alive.repeat_days = expected.repeat_days
    and alive.tenure_days = expected.tenure_days
