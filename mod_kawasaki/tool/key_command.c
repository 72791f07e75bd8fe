/* SPDX-License-Identifier: Apache-2.0
 *
 * kawasaki key show: what a card helper must know of this city to believe its requests. Of the key itself only the
 * public half is ever shown.
 */
#include "base/keyfile.h"
#include "base/secret.h"
#include "tool/command.h"
#include "tool/tool.h"
#include "wire/request.h"
#include "wire/shape.h"

#include <stdio.h>

_Static_assert(KEYFILE_SIZE == REQUEST_KEY_SIZE, "request.key holds the seed of an Ed25519 key");

int key_show_command(const tool_options_t *options, apr_pool_t *pool)
{
    unsigned char key[REQUEST_KEY_SIZE];
    const char *error;
    span_t seed;
    apr_status_t status;

    if (!options->keys || !options->origin) {
        tool_complain("--keys DIR and --origin URL are needed");
        return TOOL_USAGE;
    }
    if (!shape_is_origin(span_of(options->origin))) {
        tool_complain("%s: no origin such as https://madoguchi.example.jp", options->origin);
        return TOOL_USAGE;
    }
    if (keyfile_read(&seed, options->keys, "request", &error, pool) != APR_SUCCESS) {
        tool_complain("%s", error);
        return TOOL_ENVIRONMENT;
    }
    status = request_public_key(key, (const unsigned char *)seed.at);
    if (status != APR_SUCCESS) return tool_failed(status);
    printf("%s %s\n", options->origin, secret_base64url(pool, key, sizeof key));
    return TOOL_OK;
}
