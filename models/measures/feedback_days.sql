{{ config(materialized='view') }}
-- What a customer said about us on a day. Scores are thousandths of the best possible one, so that sums are exact.
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
)

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
group by customer_id, event_date
