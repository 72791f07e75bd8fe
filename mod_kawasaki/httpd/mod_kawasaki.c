/* SPDX-License-Identifier: Apache-2.0
 *
 * The module record: which part answers which hook. Nothing else.
 */
#include "httpd/answer.h"
#include "httpd/config.h"
#include "httpd/figures.h"
#include "httpd/lifecycle.h"
#include "httpd/metrics.h"
#include "httpd/route.h"
#include "httpd/status.h"

#include <http_protocol.h>
#include <http_request.h>

static void register_hooks(apr_pool_t *pool)
{
    static const char *const after_dbd[] = {"mod_dbd.c", NULL};

    ap_hook_pre_config(lifecycle_pre_config, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_check_config(lifecycle_check_config, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_post_config(lifecycle_post_config, after_dbd, NULL, APR_HOOK_MIDDLE);
    ap_hook_child_init(lifecycle_child_init, after_dbd, NULL, APR_HOOK_LAST);
    ap_hook_post_read_request(answer_secure, NULL, NULL, APR_HOOK_REALLY_FIRST);
    ap_hook_insert_error_filter(answer_secure_error, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_map_to_storage(route_map_to_storage, NULL, NULL, APR_HOOK_FIRST);
    ap_hook_handler(route_handler, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_handler(figures_handler, NULL, NULL, APR_HOOK_MIDDLE);
    metrics_register();
    status_register(pool);
}

/* The one symbol that httpd looks for; the build hides all others. */
__attribute__((visibility("default"))) module AP_MODULE_DECLARE_DATA kawasaki_module = {
    STANDARD20_MODULE_STUFF, NULL, NULL, config_create, config_merge, config_directives, register_hooks, 0};
