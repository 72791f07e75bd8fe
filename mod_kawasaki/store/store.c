/* SPDX-License-Identifier: Apache-2.0
 *
 * The store itself: the queries by name, checked once at start. Not for running them: that is unit.c.
 */
#include "base/error.h"
#include "base/secret.h"
#include "store/script.h"
#include "store/unit.h"

static const char *const names[STORE_QUERY_COUNT] = {
#define STORE_QUERY_NAME(identifier, name) [STORE_QUERY_##identifier] = (name),
    STORE_QUERIES(STORE_QUERY_NAME)};

static int index_of(const char *name)
{
    for (int i = 0; i < STORE_QUERY_COUNT; i++)
        if (strcmp(names[i], name) == 0) return i;
    return -1;
}

/* Types of the parameters, as apr_dbd_prepare will see them; NULL or what is wrong with the text. */
static const char *find_parameters(store_query_text_t *query)
{
    for (const char *at = strchr(query->text, '%'); at; at = strchr(at + 1, '%')) {
        bool text = at[1] == 's', integer = strncmp(at + 1, "lld", 3) == 0;
        if (!text && !integer) return "only %s and %lld are known";
        if (query->parameters == STORE_PARAMETERS) return "too many parameters";
        query->types[query->parameters++] = text ? 's' : 'l';
    }
    return NULL;
}

/* Puts the statement in its place; NULL or what is wrong with it. */
static const char *take(store_t *store, const store_statement_t *statement, apr_pool_t *pool)
{
    int index = index_of(statement->name);

    if (!statement->name[0]) return "a query without `-- name:`";
    if (index < 0) return apr_psprintf(pool, "no query of the name %s is known", statement->name);
    if (store->queries[index].text) return apr_psprintf(pool, "a second query of the name %s", statement->name);
    store->queries[index] = (store_query_text_t){.name = names[index], .text = statement->text};
    return find_parameters(&store->queries[index]);
}

static apr_status_t fill(store_t *store, const char *path, const char **error, apr_pool_t *pool)
{
    apr_array_header_t *statements;
    apr_status_t status = store_script_read(&statements, path, error, pool);

    if (status != APR_SUCCESS) return status;
    for (int i = 0; i < statements->nelts; i++) {
        const store_statement_t *statement = &APR_ARRAY_IDX(statements, i, store_statement_t);
        const char *wrong = take(store, statement, pool);
        if (!wrong) continue;
        *error = apr_psprintf(pool, "%s:%d: %s", path, statement->line, wrong);
        return BASE_EMALFORMED;
    }
    for (int i = 0; i < STORE_QUERY_COUNT; i++) {
        if (store->queries[i].text) continue;
        *error = apr_psprintf(pool, "%s: the query %s is missing", path, names[i]);
        return BASE_EMALFORMED;
    }
    return APR_SUCCESS;
}

apr_status_t store_create(store_t **store, const char *directory, const store_source_t *source, const log_port_t *log,
                          const char **error, apr_pool_t *pool)
{
    store_t *made = apr_pcalloc(pool, sizeof *made);
    unsigned char random[16];
    apr_status_t status = secret_random(random, sizeof random);

    *error = "no random bytes";
    if (status == APR_SUCCESS) status = fill(made, apr_pstrcat(pool, directory, "/queries.sql", NULL), error, pool);
    if (status != APR_SUCCESS) return status;
    made->source = *source;
    made->log = log;
    made->key = apr_pstrcat(pool, "kawasaki-store-", secret_base64url(pool, random, sizeof random), NULL);
    *error = NULL;
    *store = made;
    return APR_SUCCESS;
}
