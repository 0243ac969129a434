-- depends_on: {{ ref('scores') }}
-- depends_on: {{ ref('customer_measures') }}
-- Type-7 quantiles (Hyndman and Fan 1996, the default of R and numpy) among customers with an order, from a
-- histogram of each measure: exact, the same for equal values, whatever the order of the rows.
{% set measures = score_rules('true') | map(attribute='measure') | unique | list %}
with dates as (
    select distinct
        'standard_11' as taxonomy,
        calibrated_on as made_on
    from {{ ref('as_of_dates') }}
    union all
    select
        taxonomies.taxonomy,
        dates.as_of_date
    from {{ ref('as_of_dates') }} as dates
    cross join (select distinct taxonomy from {{ ref('scores') }} where taxonomy <> 'standard_11') as taxonomies
    where {{ 'dates.is_reported' if var('crosswalk_history') else 'dates.is_latest' }}
),

histogram as (
    {% for measure in measures %}
    select
        as_of_date,
        '{{ measure }}' as measure,
        cast({{ measure }} as double) as value,
        count(*) as customers
    from {{ ref('customer_measures') }}
    where frequency > 0 and as_of_date in (select made_on from dates)
    group by as_of_date, cast({{ measure }} as double)
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

ranked as (
    select
        *,
        sum(customers) over (partition by as_of_date, measure order by value) as up_to,
        sum(customers) over (partition by as_of_date, measure) as total,
        min(value) over (partition by as_of_date, measure) as smallest,
        max(value) over (partition by as_of_date, measure) as largest
    from histogram
),

wanted as (
    select
        dates.made_on,
        scores.*,
        numbers.generated_number as cut_no,
        totals.smallest,
        totals.largest,
        cast((totals.total - 1) * numbers.generated_number as double) / scores.bins as position
    from dates
    inner join {{ ref('scores') }} as scores on dates.taxonomy = scores.taxonomy
    inner join ({{ dbt.generate_series(99) }}) as numbers on numbers.generated_number < scores.bins
    inner join (select distinct as_of_date, measure, total, smallest, largest from ranked) as totals
        on dates.made_on = totals.as_of_date and scores.measure = totals.measure
),

interpolated as (
    select
        wanted.*,
        lower_value.value + (upper_value.value - lower_value.value) * (wanted.position - floor(wanted.position)) as quantile
    from wanted
    inner join ranked as lower_value
        on wanted.made_on = lower_value.as_of_date and wanted.measure = lower_value.measure
        and lower_value.up_to - lower_value.customers <= floor(wanted.position) and floor(wanted.position) < lower_value.up_to
    inner join ranked as upper_value
        on wanted.made_on = upper_value.as_of_date and wanted.measure = upper_value.measure
        and upper_value.up_to - upper_value.customers <= ceil(wanted.position) and ceil(wanted.position) < upper_value.up_to
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
            case when quantile > coalesce(lag(quantile) over (partition by made_on, score order by cut_no), smallest) and quantile < largest
                then quantile end
        else quantile
    end as cut_point
from interpolated
