{{ config(materialized='view') }}
-- depends_on: {{ ref('scores') }}
{% set scores = score_rules("taxonomy = 'standard_11'") %}
with stored_cuts as (
    {{ cuts_in_a_row(scores | selectattr('calibrated', 'equalto', 'stored') | list) }}
),

each_date_cuts as (
    {{ cuts_in_a_row(scores | selectattr('calibrated', 'equalto', 'each_date') | list) }}
),

scored as (
    select
        measures.*,
        {% for score in scores %}
        {{ score_column(score) }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('customer_measures') }} as measures
    left join stored_cuts on measures.calibrated_on = stored_cuts.made_on
    left join each_date_cuts on measures.as_of_date = each_date_cuts.made_on
)

select
    *,
    r_score + f_score + m_score as rfm_total,
    cast(r_score * 100 + f_score * 10 + m_score as string) as rfm_score,
    cast((f_score + m_score) / 2.0 as decimal(2, 1)) as fm_score
from scored
