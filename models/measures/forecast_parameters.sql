{{ config(materialized=incremental_where_possible()) }}
select * from {{ ref('fitted_models') }}
