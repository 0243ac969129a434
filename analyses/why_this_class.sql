-- Why does this customer hold these classes today? The measure behind each, its value, the band it falls into and
-- how far it is to the bands beside it.    make explain CUSTOMER=C07
-- depends_on: {{ ref('score_cutpoints') }}
-- depends_on: {{ ref('criteria') }}
-- depends_on: {{ ref('presets') }}
-- depends_on: {{ ref('dimensions') }}
{% set criteria = criteria_of(var('preset')) %}
{% set dimensions = rule_rows('dimensions', 'dimension', "kind <> 'grid'") | map(attribute='dimension') | list %}
{% set scores = score_rules("taxonomy = 'standard_11'") %}
with customer as (
    select
        *
        {%- for dimension in dimensions %},
        {{ judge(dimension, criteria, answer='rule', otherwise='0') }} as {{ dimension }}_rule,
        {{ judge(dimension, criteria) }} as {{ dimension }}_judged
        {%- endfor %}
    from {{ ref('latest_classes') }}
    where customer_id = {{ literal(var("customer", "C01")) }}
),

judged as (
    {% for dimension in dimensions %}
    {% for line in criteria.get(dimension, []) %}
    select
        '{{ dimension }}' as dimension,
        {{ dimension }} as class,
        '{{ line.measure }}{{ " is " ~ line.equals if line.equals is not none }}' as measure,
        cast({{ line.measure if line.equals is none else 'null' }} as double) as value,
        cast({{ line.at_least if line.at_least is not none else 'null' }} as double) as lower_edge,
        cast({{ line.below if line.below is not none else 'null' }} as double) as upper_edge
    from customer
    where {{ dimension }} = {{ dimension }}_judged and {{ dimension }}_rule = {{ line.rule }}
        {% if line.valid_from %}and as_of_date >= date '{{ line.valid_from }}'{% endif %}
        {% if line.valid_to %}and as_of_date < date '{{ line.valid_to }}'{% endif %}
    union all
    {% endfor %}
    select
        '{{ dimension }}' as dimension,
        {{ dimension }} as class,
        case when {{ dimension }} = {{ dimension }}_judged then 'nothing to judge by' else 'an override' end as measure,
        cast(null as double) as value,
        cast(null as double) as lower_edge,
        cast(null as double) as upper_edge
    from customer
    where {{ dimension }} <> {{ dimension }}_judged or {{ dimension }}_rule = 0
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
