{#
    End the build with the sentences in a column of this model. Nothing that depends on the model is built then. As a
    hook after the commit, so that the table stays to be looked at; dbt-spark knows no commit and gets a hook of its own.
#}
{% macro stop_on(relation, column, where='true') %}
    {% if execute %}
        {% set query = 'select ' ~ column ~ ' from ' ~ relation ~ ' where ' ~ column ~ ' is not null and ' ~ where ~ ' order by 1' %}
        {% set sentences = run_query(query).columns[0].values() %}
        {% if sentences %}
            {{ exceptions.raise_compiler_error('\n  STOPPED: ' ~ sentences | join('\n  STOPPED: ')) }}
        {% endif %}
    {% endif %}
{% endmacro %}
