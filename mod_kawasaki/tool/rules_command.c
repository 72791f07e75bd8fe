/* SPDX-License-Identifier: Apache-2.0 */
#include "tool/rules_command.h"

#include "rules/rules.h"

#include <stdio.h>
#include <unistd.h>

enum { CLEAN, MISTAKES, USAGE, UNREADABLE };

static int usage(void)
{
    fputs("usage: kawasaki rules check FILE...\n"
          "Reports every mistake in rule files, and in what they include, as file:line:column.\n",
          stderr);
    return USAGE;
}

/* What a server would say when it takes the rules over, is said here. */
static int report_image(const char *path, const rules_compiled_t *compiled, apr_pool_t *pool)
{
    rules_t *rules;
    const char *why;
    if (rules_open(&rules, compiled->image, &why, pool) != APR_SUCCESS) {
        fprintf(stderr, "%s: error: these rules can't be used: %s\n", path, why);
        return MISTAKES;
    }
    printf("%s: ok, %u forms, %u fields, %lu bytes\n", path, rules_count(rules, RULES_FORMS),
           rules_count(rules, RULES_FIELDS), (unsigned long)compiled->image.size);
    return CLEAN;
}

static int check(const char *path, apr_pool_t *pool)
{
    rules_compiled_t compiled;
    if (access(path, R_OK) != 0) {
        perror(path);
        return UNREADABLE;
    }
    apr_status_t status = rules_compile(&compiled, path, pool);
    for (int i = 0; i < compiled.mistakes->nelts; i++) {
        const rules_mistake_t *mistake = &APR_ARRAY_IDX(compiled.mistakes, i, rules_mistake_t);
        fprintf(stderr, "%s\n", rules_mistake_text(mistake, pool));
    }
    return status == APR_SUCCESS ? report_image(path, &compiled, pool) : MISTAKES;
}

int rules_command(int argc, const char *const *argv, apr_pool_t *pool)
{
    int worst = CLEAN;
    if (argc < 2 || strcmp(argv[0], "check") != 0 || argv[1][0] == '-') return usage();
    for (int i = 1; i < argc; i++) {
        int result = check(argv[i], pool);
        if (result > worst) worst = result;
    }
    return worst;
}
