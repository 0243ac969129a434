-- Why does this customer hold these classes today? The measure behind each, its value, the band it falls into and
-- how far it is to the bands beside it.    make explain CUSTOMER=C07
-- depends_on: {{ ref('score_cutpoints') }}
{% set lines = rule_rows('criteria', 'dimension, rule, class, measure, at_least, below, valid_from, valid_to',
    "preset = '" ~ var('preset') ~ "' and dimension <> 'confidence'", 'dimension, rule, measure') %}
{% set scores = score_rules("taxonomy = 'standard_11'") %}
with customer as (
    select *
    from {{ ref('customer_classes') }}
    where is_latest and customer_id = '{{ var("customer", "C01") }}'
),

judged as (
    {% for line in lines %}
    select
        '{{ line.dimension }}' as dimension,
        {{ line.dimension }} as class,
        '{{ line.measure }}' as measure,
        cast({{ line.measure }} as double) as value,
        cast({{ line.at_least if line.at_least is not none else 'null' }} as double) as at_least,
        cast({{ line.below if line.below is not none else 'null' }} as double) as below
    from customer
    where {{ line.dimension }} = '{{ line.class }}'
        {% if line.valid_from %}and as_of_date >= date '{{ line.valid_from }}'{% endif %}
        {% if line.valid_to %}and as_of_date < date '{{ line.valid_to }}'{% endif %}
    union all
    {% endfor %}
    {% for score in scores %}
    select
        'score of {{ score.measure }}' as dimension,
        cast({{ score.score }} as varchar) as class,
        '{{ score.measure }}' as measure,
        cast({{ score.measure }} as double) as value,
        max(cuts.cut_point) filter (where cuts.cut_point < {{ score.measure }}) as at_least,
        min(cuts.cut_point) filter (where cuts.cut_point >= {{ score.measure }}) as below
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
    round(at_least, 2) as at_least,
    round(below, 2) as below,
    round(value - at_least, 2) as above_the_lower_edge,
    round(below - value, 2) as below_the_upper_edge
from judged
union all
select
    'rfm_segment' as dimension,
    rfm_segment as class,
    'rfm_score' as measure,
    cast(rfm_score as double) as value,
    null as at_least,
    null as below,
    null as above_the_lower_edge,
    null as below_the_upper_edge
from customer
order by dimension, measure
