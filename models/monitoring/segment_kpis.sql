{{ config(materialized=incremental_where_possible(), dates_in='periods') }}
-- how those who held a class when a period began bought, stayed and answered until its end; a class without customers
-- is shown with zeros, and a share of nothing is null
{% set counts = ['customers', 'prospects', 'converted_prospects', 'active_customers', 'retained_customers', 'current_customers',
    'churned_customers', 'buyers', 'orders', 'csat_answers', 'recommendation_answers', 'promoters', 'detractors', 'opinions',
    'judged_loyalty', 'loyal_customers'] %}
select
    periods.as_of_date,
    periods.from_date,
    periods.is_whole_month,
    classes.dimension,
    classes.class,
    {% for name in counts %}
    cast(coalesce(totals.{{ name }}, 0) as bigint) as {{ name }},
    {% endfor %}
    cast(coalesce(totals.net_revenue, 0) as decimal(18, 2)) as net_revenue,
    case when totals.costed_orders > 0 then cast(totals.profit_cents / 100.0 as decimal(18, 2)) end as profit,
    cast(totals.converted_prospects as double) / nullif(totals.prospects, 0) as conversion_rate,
    cast(totals.retained_customers as double) / nullif(totals.active_customers, 0) as retention_rate,
    cast(totals.churned_customers as double) / nullif(totals.current_customers, 0) as churn_rate,
    cast(totals.orders as double) / nullif(totals.buyers, 0) as purchase_frequency,
    cast(totals.order_value * 100 as double) / nullif(totals.orders * 100, 0) as average_order_value,
    cast(totals.net_revenue * 100 as double) / nullif(totals.customers * 100, 0) as net_revenue_per_customer,
    case
        when totals.costed_orders > 0 and totals.costed_cents > 0 then cast(totals.profit_cents as double) / totals.costed_cents
    end as profit_margin,
    cast(totals.csat_reached as double) / (1000 * nullif(totals.csat_answers, 0)) as satisfaction,
    cast(totals.loyal_customers as double) / nullif(totals.judged_loyalty, 0) as loyalty_rate,
    cast((totals.promoters - totals.detractors) * 100 as double) / nullif(totals.recommendation_answers, 0) as net_promoter_score,
    cast(totals.sentiment as double) / (1000 * nullif(totals.opinions, 0)) as sentiment
from {{ ref('periods') }} as periods
cross join {{ ref('segment_classes') }} as classes
left join {{ ref('class_totals') }} as totals
    on periods.as_of_date = totals.as_of_date and classes.dimension = totals.dimension and classes.class = totals.class
where {{ is_judged_now('periods.as_of_date') }}
