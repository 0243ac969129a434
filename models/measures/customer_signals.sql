-- depends_on: {{ ref('as_of_dates') }}
-- Every sign a customer gives between orders and what it points to, by rules/words.csv: a row per customer, day,
-- question (attribute) and answer, with points. A survey answer on a scale gives the part of it that was reached, and
-- none if that cannot be told (no scale, or a score beyond it).
with said as (
    {% for attribute, column in {
        'preference': 'type', 'psychology_behaviour': 'type', 'persona': 'type', 'service_need': 'topic'
    }.items() %}
    select
        customer_id,
        cast(occurred_at as date) as signal_date,
        '{{ attribute }}' as attribute,
        {{ word('trim(' ~ column ~ ')') }} as word,
        1000 as points
    from {{ ref('stg_interactions') }}
    union all
    {% endfor %}
    select
        customer_id,
        cast(response_at as date) as signal_date,
        'preference' as attribute,
        'campaign_response' as word,
        1000 as points
    from {{ ref('stg_campaign_contacts') }}
    where response_at is not null
    union all
    select
        feedback.customer_id,
        cast(feedback.given_at as date) as signal_date,
        topics.meaning as attribute,
        {{ word('trim(coalesce(feedback.answer, feedback.topic))') }} as word,
        case when feedback.score is null then 1000 else {{ part_of_scale('feedback.score', 'feedback.scale_max') }} end as points
    from {{ ref('stg_feedback') }} as feedback
    inner join {{ ref('words') }} as topics
        on topics.attribute = 'survey_topic' and {{ word('trim(feedback.topic)') }} = topics.word
    where {{ word('feedback.kind') }} = 'survey'
)

select
    said.customer_id,
    said.signal_date,
    said.attribute,
    words.meaning as answer,
    sum(said.points) as points
from said
inner join {{ ref('words') }} as words on said.attribute = words.attribute and said.word = words.word
where said.points is not null and {{ may_count_now('said.signal_date') }}
group by 1, 2, 3, 4
