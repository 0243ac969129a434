select * from {{ ref('gate_run') }}
