-- the long table says of every class how much stood behind it, and of what kind; where nothing did, it is not sure
select *
from {{ ref('customer_segments_long') }}
where {{ is_judged_now() }} and (
    confidence is null
    or confidence not in ('high', 'medium', 'low')
    or (class = 'unknown' and confidence <> 'low')
    or evidence_kind is null
    or evidence_kind not in ('declared', 'inferred')
)
