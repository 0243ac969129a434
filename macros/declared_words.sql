{# What customers declare in words, and the column of customers that says it. #}
{% macro declared_attributes() %}
{% set columns = ['gender', 'income_band', 'education', 'occupation', 'household', 'customer_type', 'industry',
    'business_model', 'risk_appetite', 'country', 'region'] %}
{{ return(dict(zip(columns, columns), climate='country')) }}
{% endmacro %}


{# The columns of customer_attributes that hold words. They carry no date: tables of many dates would only repeat them. #}
{% macro declared_words(relation) -%}
{% for attribute in declared_attributes() %}
{{ relation }}.declared_{{ attribute }},
{% endfor %}
{{ relation }}.customer_kind
{%- endmacro %}
