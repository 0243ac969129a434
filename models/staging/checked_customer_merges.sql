-- depends_on: {{ ref('raw_files') }}
-- a merge whose chain does not end at a known customer is refused: it ends in a circle, or nowhere
{% set joins %}
    left join {{ ref('merge_chains') }} as chains on typed.customer_id = chains.customer_id
    left join {{ ref('checked_customers') }} as survivors
        on chains.survivor_id = survivors.customer_id and survivors.rejected_because is null
{% endset %}
{% set also %}
                when chains.customer_id is null then 'merged_into: the chain of merges is a circle'
                when survivors.customer_id is null then 'merged_into: not in customers'
{% endset %}
{{ checked_rows('customer_merges', joins=joins, also=also) }}
