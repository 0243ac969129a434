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
        {{ declared_words('attributes') | indent(8) }},
        places.revenue_above_share,
        {% for score in scores %}
        {{ score_column(score) }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('customer_measures') }} as measures
    left join {{ ref('customer_attributes') }} as attributes on measures.customer_id = attributes.customer_id
    left join stored_cuts on measures.calibrated_on = stored_cuts.made_on
    left join each_date_cuts on measures.as_of_date = each_date_cuts.made_on
    left join {{ ref('revenue_places') }} as places
        on measures.as_of_date = places.as_of_date and greatest(measures.recent_spend, 0) = places.recent_revenue
    where {{ is_judged_now('measures.as_of_date') }}
)

select
    *,
    r_score + f_score + m_score as rfm_total,
    cast(r_score * 100 + f_score * 10 + m_score as string) as rfm_score,
    cast((f_score + m_score) / 2.0 as decimal(2, 1)) as fm_score
from scored
