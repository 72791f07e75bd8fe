/* SPDX-License-Identifier: Apache-2.0
 *
 * The table of routes. What a request goes through on its route: route.c.
 */
#include "httpd/route.h"

#include <string.h>

/* A form in its steps, signed with the card. */
#define SIGNED_ROUTES(kind, act, where, who)                                                                           \
    {.path = "/" kind "/" act,                                                                                         \
     .show = flow_edit_show,                                                                                           \
     .submit = flow_edit_submit,                                                                                       \
     .late = flow_edit_late,                                                                                           \
     .form = kind "." act,                                                                                             \
     .proof = kind ".sign",                                                                                            \
     .entry = (where),                                                                                                 \
     .whom = (who)},                                                                                                   \
        {.path = "/" kind "/" act "/saved",                                                                            \
         .show = flow_edit_show,                                                                                       \
         .form = kind "." act,                                                                                         \
         .proof = kind ".sign",                                                                                        \
         .entry = (where),                                                                                             \
         .whom = (who)},                                                                                               \
        {.path = "/" kind "/" act "/confirm",                                                                          \
         .show = flow_confirm_show,                                                                                    \
         .submit = flow_sign_submit,                                                                                   \
         .form = kind "." act,                                                                                         \
         .proof = kind ".sign",                                                                                        \
         .entry = (where),                                                                                             \
         .whom = (who) == ROUTE_APPLICANTS ? ROUTE_BOTH : (who)},                                                      \
    {                                                                                                                  \
        .path = "/" kind "/" act "/complete/*", .show = flow_complete_show, .form = kind "." act,                      \
        .proof = kind ".sign", .entry = (where), .whom = ROUTE_BOTH                                                    \
    }

/* The pages of an account by certificate, the same for each kind that has one. */
#define CERTIFICATE_ROUTES(kind)                                                                                       \
    {.path = "/login/" kind, .show = flow_enter_show, .submit = flow_enter_submit, .form = kind ".login"},             \
        {.path = "/" kind "/register/terms",                                                                           \
         .show = flow_terms_show,                                                                                      \
         .submit = flow_terms_submit,                                                                                  \
         .form = kind ".begin"},                                                                                       \
        {.path = "/" kind "/register/start",                                                                           \
         .show = flow_begin_show,                                                                                      \
         .submit = flow_begin_submit,                                                                                  \
         .form = kind ".begin"},                                                                                       \
        SIGNED_ROUTES(kind, "register", "/" kind "/register/terms", ROUTE_APPLICANTS),                                 \
        SIGNED_ROUTES(kind, "edit", "/login?purpose=" kind "-edit", ROUTE_REGISTERED),                                 \
        {.path = "/" kind "/edit/renewed",                                                                             \
         .show = flow_edit_show,                                                                                       \
         .form = kind ".edit",                                                                                         \
         .proof = kind ".sign",                                                                                        \
         .entry = "/login?purpose=" kind "-edit",                                                                      \
         .whom = ROUTE_REGISTERED},                                                                                    \
        {.path = "/" kind "/delete",                                                                                   \
         .show = flow_remove_show,                                                                                     \
         .submit = flow_remove_submit,                                                                                 \
         .form = kind ".delete",                                                                                       \
         .proof = kind ".sign",                                                                                        \
         .entry = "/login?purpose=" kind "-edit"},                                                                     \
    {                                                                                                                  \
        .path = "/" kind "/deleted/*", .show = flow_removed_show, .form = kind ".delete"                               \
    }

static const route_t routes[] = {
    {.path = "/", .show = flow_top},
    {.path = "/registration", .show = flow_registration},
    {.path = "/login", .show = flow_login_show, .form = "card.login"},
    {.path = "/login/card", .show = flow_login_show, .submit = flow_login_submit, .form = "card.login"},
    {.path = "/logout", .submit = flow_logout},
    {.path = "/logged-out", .show = flow_logged_out},
    {.path = "/logged-out/card", .show = flow_logged_out},
    {.path = "/logged-out/applicant", .show = flow_logged_out},
    {.path = "/session/extend", .submit = flow_extend},
    {.path = "/session/card", .show = flow_session_card, .quiet = true},
    {.path = "/card/edit",
     .show = flow_edit_show,
     .submit = flow_edit_submit,
     .late = flow_edit_late,
     .form = "card.edit",
     .entry = "/login?purpose=card-edit"},
    {.path = "/card/edit/saved", .show = flow_edit_show, .form = "card.edit", .entry = "/login?purpose=card-edit"},
    {.path = "/card/edit/confirm",
     .show = flow_confirm_show,
     .submit = flow_confirm_submit,
     .form = "card.edit",
     .entry = "/login?purpose=card-edit"},
    {.path = "/card/edit/complete/*",
     .show = flow_complete_show,
     .form = "card.edit",
     .entry = "/login?purpose=card-edit"},
    CERTIFICATE_ROUTES("jpki"),
    CERTIFICATE_ROUTES("corporate"),
    {.path = "/post-code/*", .show = flow_post_code},
    {.path = "/account/ledger", .show = flow_ledger, .entry = "/login?purpose=ledger"},
    {.path = "/certificate/check", .show = flow_check_show, .submit = flow_check_submit, .form = "certificate.check"},
    {.path = "/certificate/check/file",
     .show = flow_check_show,
     .submit = flow_check_submit,
     .form = "certificate.check-file"},
    {.path = "/counter", .show = flow_counter_show, .form = "counter.search", .clerk = true},
    {.path = "/counter/search", .submit = flow_counter_search, .form = "counter.search", .clerk = true},
    {.path = "/counter/receipt", .submit = flow_counter_receipt, .form = "counter.receipt", .clerk = true},
    {.path = "/counter/receipt/*",
     .show = flow_counter_lock,
     .submit = flow_counter_unlock,
     .form = "counter.act",
     .clerk = true},
    {.path = "/counter/account/*",
     .show = flow_counter_account,
     .submit = flow_counter_act,
     .form = "counter.act",
     .clerk = true},
    {.path = "/counter/issue",
     .show = flow_counter_issue_show,
     .submit = flow_counter_issue,
     .form = "counter.issue",
     .clerk = true},
};

const route_t *route_find(const char *path, span_t *argument)
{
    const char *slash = strrchr(path, '/');

    *argument = slash ? span_of(slash + 1) : SPAN("");
    for (apr_size_t i = 0; i < sizeof routes / sizeof *routes; i++) {
        apr_size_t fixed = strlen(routes[i].path) - 1;
        if (strcmp(routes[i].path, path) == 0) return &routes[i];
        if (routes[i].path[fixed] == '*' && strncmp(routes[i].path, path, fixed) == 0 && path[fixed] &&
            path + fixed == slash + 1)
            return &routes[i];
    }
    return NULL;
}
