-- depends_on: {{ ref('raw_files') }}
-- a merge whose chain does not end at a known customer is refused: it ends in a circle, or nowhere
{% set also %}
                when not exists (
                    select 1 from {{ ref('merge_chains') }} as chains where chains.customer_id = typed.customer_id
                ) then 'merged_into: the chain of merges is a circle'
                when not exists (
                    select 1 from {{ ref('merge_chains') }} as chains
                    inner join {{ ref('checked_customers') }} as customers
                        on chains.survivor_id = customers.customer_id and customers.rejected_because is null
                    where chains.customer_id = typed.customer_id
                ) then 'merged_into: not in customers'
{% endset %}
{{ checked_rows('customer_merges', also=also) }}
