{# Scores of a taxonomy, as rules/scores.csv has them. #}
{% macro score_rules(where) %}
{{ return(rule_rows('scores', 'taxonomy, score, measure, bins, better, rule, calibrated', where, 'taxonomy, score')) }}
{% endmacro %}


{# The cut-points of those scores, one row per date on which they were made, one column per cut. #}
{% macro cuts_in_a_row(scores) %}
select
        made_on
        {%- for score in scores %}{% for cut_no in range(1, score.bins | int) %},
        max(case when score = '{{ score.score }}' and cut_no = {{ cut_no }} then cut_point end) as {{ score.score }}_cut_{{ cut_no }}
        {%- endfor %}{% endfor %}
    from {{ ref('score_cutpoints') }}
    group by made_on
{% endmacro %}


{# One score: how many cut-points the measure is beyond, from one up; counted from the other end where low is better. #}
{% macro score_column(score) %}
{% set beyond = '>=' if score.rule == 'plus_one' else '>' -%}
case when frequency > 0 and {{ score.measure }} is not null then 1
            {%- for cut_no in range(1, score.bins | int) %}
            {%- set cut = score.calibrated ~ '_cuts.' ~ score.score ~ '_cut_' ~ cut_no %}
            {%- if score.better == 'low' %}
            + case when cast({{ score.measure }} as double) {{ beyond }} {{ cut }} or {{ cut }} is null then 0 else 1 end
            {%- else %}
            + case when cast({{ score.measure }} as double) {{ beyond }} {{ cut }} then 1 else 0 end
            {%- endif %}
            {%- endfor %}
        end as {{ score.score }}
{%- endmacro %}


{# What customer_scores adds to the measures. #}
{% macro rank_columns() %}
{{ return(score_rules("taxonomy = 'standard_11'") | map(attribute='score') | list
    + ['rfm_total', 'rfm_score', 'fm_score', 'revenue_above_share']) }}
{% endmacro %}


{# The numbers that rules/dimensions.csv shows beside a class, and those behind the scores of rules/scores.csv. #}
{% macro shown_measures() %}
{% set names = [] %}
{% for row in rule_rows('dimensions', 'score, evidence') %}
    {% do names.extend([row.score] if row.score else []) %}
    {% do names.extend(row.evidence.split(' + ')) %}
{% endfor %}
{% do names.extend(score_rules('true') | map(attribute='measure')) %}
{{ return(names | unique | sort) }}
{% endmacro %}
