-- the words of regions.csv for countries: each stands once for a market and once for a climate
select
    word,
    count(*) filter (where attribute = 'country') as markets,
    count(*) filter (where attribute = 'climate') as climates
from {{ ref('regions') }}
where attribute in ('country', 'climate')
group by word
having count(*) filter (where attribute = 'country') <> 1 or count(*) filter (where attribute = 'climate') <> 1
