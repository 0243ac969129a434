-- What a customer had said about us by each as-of date. Scores are thousandths of the best possible one, so that sums are exact.
with answers as (
    select
        feedback.customer_id,
        cast(feedback.given_at as date) as event_date,
        {{ word('trim(feedback.kind)') }} as kind,
        {{ part_of_scale('feedback.score', 'feedback.scale_max') }} as reached,
        complaints.meaning as complaint_state
    from {{ ref('stg_feedback') }} as feedback
    left join {{ ref('words') }} as complaints
        on complaints.attribute = 'complaint' and {{ word('trim(feedback.answer)') }} = complaints.word
    where {{ may_count_now('cast(feedback.given_at as date)') }}
),

events as (
    select
        customer_id,
        event_date,
        -- of two answers on one day the worse one counts
        min(reached) filter (where kind = 'nps') as nps_reached,
        count(reached) filter (where kind = 'csat') as csat_answers,
        coalesce(sum(reached) filter (where kind = 'csat'), 0) as csat_reached,
        count(*) filter (where kind = 'complaint' or (kind = 'review' and reached is not null)) as opinions,
        -- a review speaks from -1000 to 1000, a complaint -1000 until it is settled
        coalesce(sum(
            case
                when kind = 'review' then coalesce(2 * reached - 1000, 0)
                when kind = 'complaint' and coalesce(complaint_state, 'open') = 'open' then -1000
                else 0
            end
        ), 0) as sentiment
    from answers
    group by 1, 2
),

{{ sums_as_of('events', recent=['csat_answers', 'csat_reached', 'opinions', 'sentiment'], latest=['nps_reached']) }}

select
    *,
    cast(nps_reached as double) / 100 as nps_score,
    case when nps_reached is not null then 1 else 0 end as nps_answers,
    cast(csat_reached as double) / (1000 * nullif(csat_answers, 0)) as csat_score,
    cast(sentiment as double) / (1000 * nullif(opinions, 0)) as sentiment_score
from as_of
