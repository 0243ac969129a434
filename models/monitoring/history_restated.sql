{{ config(materialized=incremental_where_possible(), full_refresh=false, incremental_strategy='delete+insert',
    unique_key=['run_on', 'run', 'source']) }}
-- The runs that judged past dates once more, and what made them do so. Kept for ever: a full build adds its line as well.
with latest as (
    select as_of_date as run_on
    from {{ ref('as_of_dates') }}
    where is_latest
),

restated as (
    select
        min(as_of_date) as restated_from,
        max(as_of_date) as restated_to,
        count(*) as dates_restated
    from {{ ref('as_of_dates') }}
    where is_restated
),

causes as (
    {% if this_run() %}
    select
        source,
        'came late or corrected' as reason,
        min(changed_on) as changed_from,
        count(*) as rows_changed,
        count(distinct customer_id) as customers_changed
    from {{ table_of('changed_rows') }}
    where changed_on <= (select restated_to from restated)
    group by source
    {% else %}
    select
        'everything' as source,
        max(full_because) as reason,
        cast(null as date) as changed_from,
        cast(null as bigint) as rows_changed,
        cast(null as bigint) as customers_changed
    from {{ ref('raw_files') }}
    {% endif %}
)

select
    latest.run_on,
    cast({{ this_run() }} as bigint) as run,
    causes.source,
    causes.reason,
    causes.changed_from,
    causes.rows_changed,
    causes.customers_changed,
    restated.restated_from,
    restated.restated_to,
    restated.dates_restated
from causes
cross join latest
cross join restated
where restated.dates_restated > 0
