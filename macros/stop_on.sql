{# End the build with the sentences that a query returns. Nothing that depends on this model is built then. #}
{% macro stop_on(query) %}
    {% if execute %}
        {% set sentences = run_query(query).columns[0].values() %}
        {% if sentences %}
            {{ exceptions.raise_compiler_error('\n  STOPPED: ' ~ sentences | join('\n  STOPPED: ')) }}
        {% endif %}
    {% endif %}
{% endmacro %}
