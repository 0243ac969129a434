-- a criterion that waits for a word nobody can say would never hold: each is a meaning of words.csv or regions.csv, or,
-- where classes are judged in turn, a class of the dictionary
with meanings as (
    select
        attribute,
        meaning
    from {{ ref('words') }}
    union
    select
        attribute,
        meaning
    from {{ ref('regions') }}
)

select
    criteria.preset,
    criteria.dimension,
    criteria.measure,
    criteria.equals
from {{ ref('criteria') }} as criteria
left join meanings
    on criteria.measure in ('declared_' || meanings.attribute, meanings.attribute || '_top')
    and criteria.equals = meanings.meaning
left join {{ ref('classes') }} as classes on criteria.measure = classes.dimension and criteria.equals = classes.class
where criteria.equals is not null
    and meanings.meaning is null
    and classes.class is null
    -- words that measures make themselves
    and not (criteria.measure like 'declared_%' and criteria.equals = 'other')
    and not (criteria.measure = 'customer_kind' and criteria.equals in ('individual', 'organisation'))
