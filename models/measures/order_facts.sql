-- depends_on: {{ ref('seasons') }}
{{ config(materialized=incremental_where_possible(), incremental_strategy='replace_orders') }}
-- Every order once, with what it says about the buyer beyond its amount: what it earned, why and when it came, how dear
-- its goods are. Sums are whole cents, in the reporting currency.
{% set month_day = 'extract(month from order_date) * 100 + extract(day from order_date)' %}
-- 1900-01-01 was a Monday; engines disagree about the number of a weekday
{% set weekday = dbt.datediff("cast('1900-01-01' as date)", 'order_date', 'day') ~ ' % 7' %}
with costed as (
    select
        orders.*,
        goods.list_amount,
        goods.premium_amount,
        -- goods that came back whole cost nothing, and neither does what was never sold; of a part given back nothing is known.
        -- A credit note gives back the cost that it states (below zero), else money only
        case
            when orders.order_kind = 'sale' then coalesce(orders.cost, goods.cost)
            when orders.order_kind = 'credit_note' then coalesce(orders.cost, goods.cost, 0)
            else 0
        end as cost_kept
    from {{ ref('priced_orders') }} as orders
    left join {{ ref('order_goods') }} as goods on orders.order_id = goods.order_id
    where
        {% if this_run() -%}
        -- a condition on a column goes down to the scan, one on a list of orders does not
        orders.judged_in = {{ this_run() }}
        {%- if has_rows_again('order_lines') %} or orders.order_id in ({{ orders_again() }}){% endif %}
        {%- else -%}
        {{ of_these_customers('orders.customer_id') }}
        {%- endif %}
)

select
    order_id,
    customer_id,
    ordered_at,
    order_date,
    order_kind,
    amount,
    order_currency,
    gross_amount,
    net_amount,
    currency,
    channel,
    channel_group,
    is_valid,
    case when is_valid then 1 else 0 end as habit_orders,
    case when is_valid and is_promoted then 1 else 0 end as promoted_orders,
    case when is_valid and {{ weekday }} >= 5 then 1 else 0 end as weekend_orders,
    case
        when is_valid and (false
            {%- for season in rule_rows('seasons', 'first_day, last_day') %}
            or {{ month_day }} between {{ season.first_day }} and {{ season.last_day }}
            {%- endfor %}) then 1
        else 0
    end as season_orders,
    case when is_valid and cost_kept is not null then 1 else 0 end as costed_orders,
    case when cost_kept is not null then cast(net_amount * 100 as bigint) else 0 end as costed_cents,
    coalesce(cast((net_amount - {{ converted('cost_kept') }}) * 100 as bigint), 0) as profit_cents,
    case when is_valid then cast({{ converted('coalesce(discount, 0)') }} * 100 as bigint) else 0 end as discount_cents,
    case when is_valid then cast({{ converted('(amount + coalesce(discount, 0))') }} * 100 as bigint) else 0 end as full_cents,
    case when is_valid then cast(round(coalesce(list_amount, 0) * 100, 0) as bigint) else 0 end as list_cents,
    case when is_valid then cast(round(coalesce(premium_amount, 0) * 100, 0) as bigint) else 0 end as premium_cents
from costed
