{{ config(materialized='view') }}
select
    customer_id,
    as_of_date,
    recency_days,
    frequency,
    monetary,
    r_score,
    f_score,
    m_score,
    rfm_score,
    fm_score,
    cast(rfm_segment as string) as rfm_segment,
    calibrated_on
from {{ ref('customer_classes') }}
