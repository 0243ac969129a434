{{ config(materialized=incremental_where_possible(), day_column='made_on') }}
-- depends_on: {{ ref('scores') }}
-- depends_on: {{ ref('customer_measures') }}
-- Type-7 quantiles (Hyndman and Fan 1996, the default of R and numpy) among customers with an order, from a
-- histogram of each measure: exact, the same for equal values, whatever the order of the rows.
{% set measures = score_rules('true') | map(attribute='measure') | unique | list %}
with all_asked as (
    select distinct
        scores.*,
        case when scores.calibrated = 'stored' then dates.calibrated_on else dates.as_of_date end as made_on
    from {{ ref('as_of_dates') }} as dates
    cross join {{ ref('scores') }} as scores
    where dates.is_reported
        and (scores.taxonomy = 'standard_11' or {{ 'true' if var('crosswalk_history') else 'dates.is_latest' }})
),

asked as (
    select * from all_asked where {{ is_judged_now('made_on') }}
),

histogram as (
    {% for measure in measures %}
    select
        as_of_date,
        '{{ measure }}' as measure,
        cast({{ measure }} as double) as value,
        count(*) as customers
    from {{ ref('customer_measures') }}
    where frequency > 0 and {{ measure }} is not null
        and as_of_date in (select asked.made_on from asked where asked.measure = '{{ measure }}')
    group by as_of_date, cast({{ measure }} as double)
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

ranked as (
    select
        *,
        sum(customers) over (partition by as_of_date, measure order by value) as up_to
    from histogram
),

totals as (
    select
        as_of_date,
        measure,
        sum(customers) as customers,
        min(value) as smallest,
        max(value) as largest
    from histogram
    group by as_of_date, measure
),

placed as (
    select
        asked.*,
        numbers.cut_no,
        totals.smallest,
        totals.largest,
        cast((totals.customers - 1) * numbers.cut_no as double) / asked.bins as position
    from asked
    inner join range(1, 100) as numbers(cut_no) on numbers.cut_no < asked.bins
    inner join totals on asked.made_on = totals.as_of_date and asked.measure = totals.measure
),

-- the one or two values that stand at the place of the quantile
interpolated as (
    select
        placed.made_on,
        placed.taxonomy,
        placed.score,
        placed.measure,
        placed.cut_no,
        placed.rule,
        placed.smallest,
        placed.largest,
        min(ranked.value)
        + (max(ranked.value) - min(ranked.value)) * (placed.position - floor(placed.position)) as quantile
    from placed
    inner join ranked
        on placed.made_on = ranked.as_of_date and placed.measure = ranked.measure
        and ranked.up_to > floor(placed.position) and ranked.up_to - ranked.customers <= ceil(placed.position)
    group by 1, 2, 3, 4, 5, 6, 7, 8, placed.position
)

select
    made_on,
    taxonomy,
    score,
    measure,
    cut_no,
    case rule
        when 'plus_one' then quantile + 1
        -- pandas.qcut(duplicates='drop'): an edge that repeats the one before, or the last, makes no bin
        when 'distinct' then
            case
                when quantile < largest
                    and quantile > coalesce(lag(quantile) over (partition by made_on, score order by cut_no), smallest)
                    then quantile
            end
        else quantile
    end as cut_point
from interpolated
