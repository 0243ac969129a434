-- Metrics can be asked by every dimension: models/delivery/_semantic_models.yml lists them all, and nothing else.
-- depends_on: {{ ref('dimensions') }}
{% set faults, place = [], 'the classes in models/delivery/_semantic_models.yml' %}
{% if execute %}
    {% set judged = rule_rows('dimensions', 'dimension') | map(attribute='dimension') | list %}
    {% set listed = [] %}
    {% for semantic_model in graph.semantic_models.values() if semantic_model.name == 'customers' %}
        {% do listed.extend(semantic_model.dimensions | map(attribute='name')) %}
    {% endfor %}
    {% for name in judged if name not in listed %}
        {% do faults.append('STOPPED: no metric can be asked by ' ~ name ~ ': add it to ' ~ place ~ '.') %}
    {% endfor %}
    {% for name in listed if name not in judged %}
        {% do faults.append('STOPPED: ' ~ name ~ ' is among ' ~ place ~ ', but no dimension of dimensions.csv.') %}
    {% endfor %}
{% endif %}
{% if faults %}{{ exceptions.raise_compiler_error(faults | join('\n')) }}{% endif %}
select 'a fault stops before' as fault
where false
