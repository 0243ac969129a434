-- Why does each customer shown hold his classes? What he merely declared (age, income ...) has no score and is left out: it is personal.
select customer_id, dimension, class, score, confidence
from customer_segments_long
where
    as_of_date = getvariable('as_of_date')
    and customer_id in (select customer_id from temp.customers)
    and class not in ('unknown', 'not_applicable')
    and (evidence_kind = 'inferred' or score is not null)
order by customer_id, dimension <> 'rfm_segment', dimension
