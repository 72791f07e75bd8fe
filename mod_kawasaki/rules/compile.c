/* SPDX-License-Identifier: Apache-2.0
 *
 * From a file to an image: begins the compilation, and says how it ended.
 */
#include "base/error.h"
#include "rules/declarations.h"
#include "rules/rules.h"

static void begin(compiler_t *compiler, apr_pool_t *pool)
{
    *compiler = (compiler_t){.pool = pool,
                             .mistakes = rules_mistakes_make(pool),
                             .sources = apr_array_make(pool, 8, sizeof(source_t *)),
                             .files = apr_array_make(pool, 8, sizeof(const char *)),
                             .forgiven = apr_hash_make(pool),
                             .lists = apr_hash_make(pool),
                             .image = rules_image_make(pool)};
    compiler->model = rules_block_make(compiler, &rules_language);
}

static void compile(compiler_t *compiler, source_t *source)
{
    APR_ARRAY_PUSH(compiler->files, const char *) = source->name;
    apr_status_t status = rules_source_read(source, compiler->pool);
    if (status != APR_SUCCESS) {
        char reason[128];
        rules_error(compiler, (place_t){source, 1, 1}, "can't read this file: %s",
                    base_error_text(status, reason, sizeof reason));
        return;
    }
    rules_language_read(compiler, source);
    rules_language_write(compiler);
}

apr_status_t rules_compile(rules_compiled_t *compiled, const char *path, apr_pool_t *pool)
{
    compiler_t compiler;
    source_t source = {.name = apr_pstrdup(pool, path), .bytes = {"", 0}};
    begin(&compiler, pool);
    compile(&compiler, &source);

    span_t image = {"", 0};
    if (!compiler.errors) {
        image = rules_image_finish(compiler.image);
        if (!image.size) {
            rules_error(&compiler, (place_t){&source, 1, 1}, "these rules need more than %u bytes", RULES_IMAGE_MAX);
        }
    }
    *compiled = (rules_compiled_t){image, rules_mistakes(&compiler), compiler.files};
    return image.size ? APR_SUCCESS : BASE_EMALFORMED;
}
