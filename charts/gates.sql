-- Which checks of the raw data warned or stopped, and what was wrong? Without the rows shown as examples: they may be personal.
select
    status,
    source,
    column_name,
    check_name,
    rows_failing,
    rows_checked,
    split_part(sentence, ' For example: ', 1) as sentence
from gate_results
where status <> 'passed'
order by status = 'stop' desc, rows_failing desc nulls last, source, column_name, check_name
limit 200
