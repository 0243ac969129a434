{# Layers read only to their left, and every model has a place, a description and, where public, a contract; exposures read
   what is public. #}
{% macro assert_architecture() %}
{% if execute %}
{% set layers = ['staging', 'measures', 'segments', 'strategy', 'monitoring', 'delivery'] %}
{% set faults = [] %}
{% for node in graph.nodes.values() if node.resource_type == 'model' and node.package_name == project_name %}
    {% set layer = node.fqn[1] %}
    {% if layer not in layers %}
        {% do faults.append(node.name ~ ' is in none of the layers ' ~ layers | join(', ')) %}
    {% endif %}
    {% if not node.description %}
        {% do faults.append(node.name ~ ' has no description') %}
    {% endif %}
    {% if node.access == 'public' and not node.contract.enforced %}
        {% do faults.append(node.name ~ ' is public and has no enforced contract') %}
    {% endif %}
    {% for column in node.columns.values() if node.access == 'public' and not column.description %}
        {% do faults.append(node.name ~ '.' ~ column.name ~ ' is public and has no description') %}
    {% endfor %}
    {% if 'stg_' == node.name[:4] and layer != 'staging' %}
        {% do faults.append(node.name ~ ' is a staging model outside of staging') %}
    {% endif %}
    {% for parent in node.depends_on.nodes if parent.startswith('model.') %}
        {% set parent_layer = graph.nodes[parent].fqn[1] %}
        {% if layers.index(parent_layer) > layers.index(layer) %}
            {% set name = graph.nodes[parent].name %}
            {% do faults.append(node.name ~ ' (' ~ layer ~ ') reads ' ~ name ~ ' (' ~ parent_layer ~ '), which is to its right') %}
        {% endif %}
    {% endfor %}
    {% for parent in node.depends_on.nodes if parent.startswith('source.') and layer != 'staging' %}
        {% do faults.append(node.name ~ ' reads raw data; only staging may') %}
    {% endfor %}
{% endfor %}
{% for exposure in graph.exposures.values() %}
    {% for parent in exposure.depends_on.nodes if parent.startswith('model.') and graph.nodes[parent].access != 'public' %}
        {% do faults.append('the exposure ' ~ exposure.name ~ ' reads ' ~ graph.nodes[parent].name ~ ', which is not public') %}
    {% endfor %}
{% endfor %}
{% if faults %}
    {{ exceptions.raise_compiler_error('The architecture is broken:\n  ' ~ faults | join('\n  ')) }}
{% endif %}
{% endif %}
{% endmacro %}
