-- a customer without a new order or credit note between two dates: his recency score never rises, and under the
-- same calibration his frequency and monetary scores stay what they were
{% set frozen = last_frozen_date() %}
with dates as (
    select
        customer_id,
        as_of_date,
        calibrated_on,
        last_order_date,
        monetary,
        r_score,
        f_score,
        m_score,
        lag(calibrated_on) over next_date as calibrated_on_before,
        lag(last_order_date) over next_date as last_order_date_before,
        lag(monetary) over next_date as monetary_before,
        lag(r_score) over next_date as r_score_before,
        lag(f_score) over next_date as f_score_before,
        lag(m_score) over next_date as m_score_before
    from {{ ref('customer_classes') }}
    {% if frozen %}
    where as_of_date >= {{ frozen }}
    {% endif %}
    window next_date as (partition by customer_id order by as_of_date)
)

select *
from dates
where last_order_date = last_order_date_before and monetary = monetary_before
    and (
        r_score > r_score_before
        or (calibrated_on = calibrated_on_before and (f_score <> f_score_before or m_score <> m_score_before))
    )
