/* SPDX-License-Identifier: Apache-2.0
 *
 * kawasaki rules check: rule files, before a server sees them.
 */
#include "rules/rules.h"
#include "tool/command.h"
#include "tool/tool.h"

#include <stdio.h>
#include <unistd.h>

/* What a server would say when it takes the rules over, is said here. */
static int report_image(const char *path, const rules_compiled_t *compiled, apr_pool_t *pool)
{
    rules_t *rules;
    const char *why, *digest;
    if (rules_open(&rules, compiled->image, &why, pool) != APR_SUCCESS) {
        fprintf(stderr, "%s: error: these rules can't be used: %s\n", path, why);
        return TOOL_REFUSED;
    }
    if (rules_digest(&digest, compiled->image, pool) != APR_SUCCESS) return TOOL_ENVIRONMENT;
    printf("%s: ok, %u forms, %u fields, %lu bytes, digest %s\n", path, rules_count(rules, RULES_FORMS),
           rules_count(rules, RULES_FIELDS), (unsigned long)compiled->image.size, digest);
    return TOOL_OK;
}

static int check(const char *path, apr_pool_t *pool)
{
    rules_compiled_t compiled;
    if (access(path, R_OK) != 0) {
        perror(path);
        return TOOL_ENVIRONMENT;
    }
    apr_status_t status = rules_compile(&compiled, path, pool);
    for (int i = 0; i < compiled.mistakes->nelts; i++) {
        const rules_mistake_t *mistake = &APR_ARRAY_IDX(compiled.mistakes, i, rules_mistake_t);
        fprintf(stderr, "%s\n", rules_mistake_text(mistake, pool));
    }
    return status == APR_SUCCESS ? report_image(path, &compiled, pool) : TOOL_REFUSED;
}

/* Of several files, the worst. */
int rules_check_command(const tool_options_t *options, apr_pool_t *pool)
{
    int worst = TOOL_OK;

    for (int i = 0; i < options->count; i++) {
        int result = check(options->arguments[i], pool);
        if (result > worst) worst = result;
    }
    return worst;
}
