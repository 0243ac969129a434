{#
    One dimension's criteria with one numeric edge moved, once down and once up, for every edge: a list of
    {measure, edge, moved_to, change, classes, valid_from, valid_to, lines}, in which lines are all the criteria of the
    dimension with the edge moved wherever it stands, so that bands still tile; measure by measure it stops at the next edge.
    A measure of whole numbers moves in whole numbers, half a unit or more away from zero counting as one; a share of an
    edge at zero is zero: such edges stay, and moved_to equals edge.

    whole: the measures of whole numbers
#}
{% macro moved_edges(rows, whole) %}
{% set share = var('sensitivity_share') %}
{% set versions = {} %}
{% for row in rows %}{% for edge in [row.at_least, row.below] if edge is not none %}
    {% set key = (row.valid_from, row.valid_to, row.measure) %}
    {% do versions.setdefault(key, {}).setdefault(edge | float, []).append(row.class) %}
{% endfor %}{% endfor %}
{% set moves = [] %}
{% for (valid_from, valid_to, measure), edges in versions.items() %}{% for edge, classes in edges.items() %}
    {% set step = (edge | abs) * share %}
    {% set step = (step + 0.5) | int if measure in whole else step %}
    {% for sign in [-1, 1] %}
        {% set next_edges = edges | select('gt' if sign > 0 else 'lt', edge) | list %}
        {% set stop = edge + sign * step if not next_edges else next_edges | min if sign > 0 else next_edges | max %}
        {% set moved_to = ([edge + sign * step, stop] | min if sign > 0 else [edge + sign * step, stop] | max) | round(6) %}
        {% set lines = [] %}
        {% for row in rows %}
            {% set here = row.measure == measure and row.valid_from == valid_from and row.valid_to == valid_to %}
            {% do lines.append(dict(row,
                at_least=moved_to if here and row.at_least is not none and row.at_least | float == edge else row.at_least,
                below=moved_to if here and row.below is not none and row.below | float == edge else row.below)) %}
        {% endfor %}
        {% do moves.append({'measure': measure, 'edge': edge, 'moved_to': moved_to, 'change': sign * share, 'lines': lines,
            'classes': classes | unique | join(', '), 'valid_from': valid_from, 'valid_to': valid_to}) %}
    {% endfor %}
{% endfor %}{% endfor %}
{{ return(moves) }}
{% endmacro %}


{# The same for every dimension that criteria judge: {dimension, no, ...}, numbered from zero. #}
{% macro moved_criteria() %}
{% set criteria = criteria_of(var('preset')) %}
{% set whole = whole_measures() %}
{% set moves = [] %}
{% for row in rule_rows('dimensions', 'dimension', "kind <> 'grid'") %}
    {% for move in moved_edges(criteria.get(row.dimension, []), whole) %}
        {% do moves.append(dict(move, dimension=row.dimension, no=moves | length)) %}
    {% endfor %}
{% endfor %}
{{ return(moves) }}
{% endmacro %}
