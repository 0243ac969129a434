{{ config(materialized='view') }}
-- depends_on: {{ ref('criteria') }}
-- depends_on: {{ ref('presets') }}
-- depends_on: {{ ref('rfm_grid') }}
select
    classes.dimension,
    dimensions.name_en as dimension_en,
    dimensions.name_zh as dimension_zh,
    dimensions.question,
    dimensions.question_zh,
    classes.class,
    classes.class_order,
    classes.name_en,
    classes.name_zh,
    classes.meaning_en as meaning,
    classes.meaning_zh,
    classes.aliases,
    {{ criteria_in_words() }} as criteria
from {{ ref('classes') }} as classes
inner join {{ ref('dimensions') }} as dimensions on classes.dimension = dimensions.dimension
