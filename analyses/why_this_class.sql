-- Why does this customer hold these classes today? The measure behind each, its value, the band it falls into and
-- how far it is to the bands beside it.    make explain CUSTOMER=C07
-- depends_on: {{ ref('score_cutpoints') }}
{% set lines = rule_rows('criteria', 'dimension, rule, class, measure, at_least, below, valid_from, valid_to',
    "preset = '" ~ var('preset') ~ "' and dimension <> 'confidence'", 'dimension, rule, measure') %}
{% set scores = score_rules("taxonomy = 'standard_11'") %}
with customer as (
    select *
    from {{ ref('customer_classes') }}
    where is_latest and customer_id = '{{ var("customer", "C01") | replace("'", "''") }}'
),

judged as (
    {% for line in lines %}
    select
        '{{ line.dimension }}' as dimension,
        {{ line.dimension }} as class,
        '{{ line.measure }}' as measure,
        cast({{ line.measure }} as double) as value,
        cast({{ line.at_least if line.at_least is not none else 'null' }} as double) as lower_edge,
        cast({{ line.below if line.below is not none else 'null' }} as double) as upper_edge
    from customer
    where {{ line.dimension }} = '{{ line.class }}'
        {% if line.valid_from %}and as_of_date >= date '{{ line.valid_from }}'{% endif %}
        {% if line.valid_to %}and as_of_date < date '{{ line.valid_to }}'{% endif %}
    union all
    {% endfor %}
    {% for score in scores %}
    select
        'score of {{ score.measure }}' as dimension,
        cast({{ score.score }} as string) as class,
        '{{ score.measure }}' as measure,
        cast({{ score.measure }} as double) as value,
        max(cuts.cut_point) filter (where cuts.cut_point < {{ score.measure }}) as lower_edge,
        min(cuts.cut_point) filter (where cuts.cut_point >= {{ score.measure }}) as upper_edge
    from customer
    inner join {{ ref('score_cutpoints') }} as cuts
        on cuts.score = '{{ score.score }}'
        and cuts.made_on = {{ 'calibrated_on' if score.calibrated == 'stored' else 'as_of_date' }}
    group by {{ score.score }}, {{ score.measure }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    dimension,
    class,
    measure,
    round(value, 2) as value,
    round(lower_edge, 2) as lower_edge,
    round(upper_edge, 2) as upper_edge,
    round(value - lower_edge, 2) as down_to_the_band_below,
    round(upper_edge - value, 2) as up_to_the_band_above
from judged
union all
select
    'rfm_segment' as dimension,
    rfm_segment as class,
    'rfm_score' as measure,
    cast(rfm_score as double) as value,
    null as lower_edge,
    null as upper_edge,
    null as down_to_the_band_below,
    null as up_to_the_band_above
from customer
order by dimension, measure
