{#
    What may tell who buys again: the models and, beside them, the simplest that anybody could do. Columns of
    order_forecasts; the higher the score, the likelier an order.
#}
{% macro predictors() %}
{{ return([
    {'name': 'bg_nbd', 'score': 'bg_nbd_p_active', 'orders': 'bg_nbd_orders', 'chance': 'bg_nbd_p_active',
     'en': 'chance of an order by BG/NBD', 'zh': 'BG/NBD模型的下单概率'},
    {'name': 'mbg_nbd', 'score': 'mbg_nbd_p_active', 'orders': 'mbg_nbd_orders', 'chance': 'mbg_nbd_p_active',
     'en': 'chance of an order by MBG/NBD', 'zh': 'MBG/NBD模型的下单概率'},
    {'name': 'naive_rate', 'score': 'naive_orders', 'orders': 'naive_orders', 'chance': 'naive_p_active',
     'en': 'rate of orders so far', 'zh': '以往下单频率'},
    {'name': 'recency_days', 'score': '-recency_days', 'orders': 'cast(null as double)', 'chance': 'cast(null as double)',
     'en': 'days since the last order', 'zh': '距上次下单天数'},
    {'name': 'purchase_days', 'score': 'purchase_days', 'orders': 'cast(null as double)', 'chance': 'cast(null as double)',
     'en': 'days with an order so far', 'zh': '以往下单天数'},
]) }}
{% endmacro %}
