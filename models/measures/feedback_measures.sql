-- What a customer had said about us by each as-of date.
with {{ sums_as_of(ref('feedback_days'), recent=['csat_answers', 'csat_reached', 'opinions', 'sentiment'], latest=['nps_reached']) }}

select
    *,
    cast(nps_reached as double) / 100 as nps_score,
    case when nps_reached is not null then 1 else 0 end as nps_answers,
    cast(csat_reached as double) / (1000 * nullif(csat_answers, 0)) as csat_score,
    cast(sentiment as double) / (1000 * nullif(opinions, 0)) as sentiment_score
from as_of
