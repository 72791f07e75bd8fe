/* SPDX-License-Identifier: Apache-2.0
 *
 * Flows: what a person does, step by step. A flow takes one step: request in, outcome out. It knows no HTTP (httpd/
 * turns outcomes into status codes, headers and cookies) and no SQL. An apr_status_t other than APR_SUCCESS is
 * infrastructure's: nothing was changed then.
 */
#ifndef FLOW_FLOW_H
#define FLOW_FLOW_H

#include "flow/view.h"
#include "flow/visit.h"

typedef struct {
    const flow_ports_t *ports;
    const rules_t *rules;
    const visit_t *visit; /* never NULL; state says whether somebody is logged in */
    span_t csrf;          /* the token for forms on the page that comes */
    apr_time_t now;       /* service time (base/clock.h) */
    span_t source;        /* the client's address */
    span_t clerk;         /* who the host says it is, at the counter (routes for clerks); empty elsewhere */
    apr_pool_t *pool;
    /* What was sent; checked for its token already. */
    const rules_form_t *form;  /* of this step, or NULL */
    const span_t *typed;       /* by field of the form: secrets point into memory that httpd/ wipes */
    span_t action;             /* which button: "next", "commit", "back", …; empty for GET */
    const rules_form_t *proof; /* the PIN's form of a step that signs, or NULL */
    const span_t *proof_typed; /* by field of that form, as typed */
    span_t token, answer;      /* what the extension's helper answered to a log-in, to a form */
    span_t consent;            /* to the terms of use (terms.h) */
    span_t draft;              /* the hidden field `draft` */
    span_t purpose;            /* the hidden field or query parameter `purpose`: where a log-in leads */
    span_t argument;           /* the path's last part, where the route has one */
} flow_request_t;

typedef enum {
    FLOW_PAGE,       /* the page, as asked */
    FLOW_INVALID,    /* the page again: something typed is wrong */
    FLOW_LOCKED,     /* the page again: too many tries, or one under way */
    FLOW_CONFLICT,   /* the page again: the world moved on meanwhile */
    FLOW_REDIRECT,   /* go to location (303) */
    FLOW_DONE,       /* nothing to show (204) */
    FLOW_WRONG_STEP, /* out of order: nothing was done */
    FLOW_MISSING,    /* no such thing, or not yours: the same to a stranger */
    FLOW_BAD_REQUEST /* a button or token that no page of ours has */
} flow_result_t;

/* How the door (door.h) answered to a secret. */
typedef enum {
    DOOR_NONE,   /* nobody knocked */
    DOOR_OPEN,   /* the secret was right: settle in the unit that holds the effect */
    DOOR_WRONG,  /* unknown or wrong: nobody is told which */
    DOOR_BUSY,   /* other tries aren't settled yet */
    DOOR_LOCKED, /* no secret was looked at */
    DOOR_FROZEN, /* right, but the account is frozen: said to whoever proved to be its owner */
    DOOR_RESULTS
} door_result_t;

typedef struct {
    flow_result_t result;
    view_page_t page;
    page_map_t *view;
    const char *location;
    const char *begin_session; /* cookie text of a session begun, or NULL */
    bool end_session;          /* drop the cookie */
    span_t rule;               /* what decided, where something was refused: for the log */
    door_result_t door;        /* for the operator's figures */
} flow_outcome_t;

typedef apr_status_t flow_step_t(const flow_request_t *request, flow_outcome_t *outcome);

/* Pages without a form. */
flow_step_t flow_top, flow_registration, flow_logged_out;

/* Log-in with number and password (manual 2.3.1 step 2), and out. */
flow_step_t flow_login_show, flow_login_submit, flow_logout, flow_extend;

/* Changing what is registered: input > confirm > complete (manual 2.3.1 steps 3 to 5), for the form of the route.
 * flow_edit_late is the input page sent after the session had timed out: what was typed is kept for the next log-in. */
flow_step_t flow_edit_show, flow_edit_submit, flow_edit_late, flow_confirm_show, flow_confirm_submit,
    flow_complete_show;

/* Accounts by certificate (manual 2.4). Registering: terms, what must be ready and the proof, then the form's steps.
 * The form's confirm page is signed: flow_sign_submit is flow_confirm_submit with a card. */
flow_step_t flow_terms_show, flow_terms_submit, flow_begin_show, flow_begin_submit, flow_sign_submit;

/* Logging in with a certificate. */
flow_step_t flow_enter_show, flow_enter_submit;

/* Deleting: what stands in the way, or the confirmation that is signed; afterwards the receipt, for who has it. */
flow_step_t flow_remove_show, flow_remove_submit, flow_removed_show;

/* The addresses of a post code, for the page's script. */
flow_step_t flow_post_code;

flow_step_t flow_session_card; /* for the page's script: is it still there? */

/* A kiosk's session that began with a card ends when that card has left the reader: then the visit is timed out, with
 * card_gone. ends false: only looks, so that what was typed can still be sent and kept. */
apr_status_t flow_watch_card(const flow_request_t *request, visit_t *visit, bool ends);

/* The counter's desk (窓口), for clerks whom the host has authenticated. Personal data never stand in a path. */
flow_step_t flow_counter_show, flow_counter_search, flow_counter_receipt; /* /counter, its two searches */
flow_step_t flow_counter_account, flow_counter_act;                       /* /counter/account/ID, its buttons */
flow_step_t flow_counter_lock, flow_counter_unlock;                       /* /counter/receipt/RECEIPT, its button */
flow_step_t flow_counter_issue_show, flow_counter_issue;                  /* /counter/issue */

/* The resident's own ledger: every log-in, change, lock and clerk's access, in words. */
flow_step_t flow_ledger;

/* A kiosk's card and its certificates: what is there, and whether they are accepted. Nothing is stored. */
flow_step_t flow_check_show, flow_check_submit;

/* Fills what every page shows (city, notices, who is logged in) into a new view. */
page_map_t *flow_view(const flow_request_t *request, span_t title);

/* The view of an error page: the rule file's sentence, and a way out: to the form that was under way, else to the top.
 */
page_map_t *flow_error_view(const flow_request_t *request, rules_message_t message);

/* Where a purpose leads ("card-edit" → "/card/edit"); NULL for none that is known, so that nobody can be sent
 * elsewhere. */
const char *flow_purpose_path(span_t purpose);

#endif
