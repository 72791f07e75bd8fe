/* SPDX-License-Identifier: Apache-2.0
 *
 * What pages see: the names templates may use, the pages there are, and the parts that every page shares.
 * docs/templates.md describes the names for whoever edits htdocs/.
 */
#ifndef FLOW_VIEW_H
#define FLOW_VIEW_H

#include "page/page.h"

/* X(name): in templates as it stands here, in C as VIEW_name. */
/* clang-format off */
#define VIEW_KEYS(X) \
    /* every page */ \
    X(city) X(service) X(contact) X(notices) X(say) X(title) X(failed) X(message) X(warning) \
    X(logged_in) X(user) X(kind_word) X(csrf) X(ends_at) X(idle_seconds) X(extended_seconds) X(warn_seconds) \
    /* forms */ \
    X(steps) X(step_input) X(step_confirm) X(step_done) \
    X(action) X(draft) X(purpose) X(errors) X(error_count) X(stopped) X(back) X(has_marks) \
    X(sections) X(show) X(items) X(field) X(id) X(name) X(label) X(note) X(hint) X(example) X(value) X(error) \
    X(described_by) X(required) X(conditional) X(input) X(secret) X(checkbox) X(select) X(many) X(pending) \
    X(inputmode) X(autocomplete) X(options) X(option) X(groups) X(heading) X(code) X(word) X(chosen) \
    /* pages to read, ends */ \
    X(rows) X(changed) X(unchanged) X(empty) X(next) X(receipt) X(refusal) X(issued_at) X(status) X(request_id) X(way_out) X(way_out_word) \
    /* the counter, the ledger */ \
    X(clerk) X(search) X(by_receipt) X(results) X(count) X(more) X(accounts) X(account) X(number) X(kana) \
    X(birth_date) X(address) X(frozen) X(must_change) X(act) X(one_time) \
    X(lock) X(locks) X(locked) X(over) X(forever) X(per_address) X(rule) X(since_at) X(until) \
    X(entries) X(at) X(who) X(what) X(actor) \
    /* the check of a card */ \
    X(kiosk) X(missing) X(card) X(reader) X(my_number_card) X(resident_card) X(signing) X(authentication) X(tries) \
    X(blocked) X(form) X(certificate) X(provisional) \
    /* accounts by certificate */ \
    X(has_password) X(applicant) X(by_card) X(edit) X(edit_title) X(card_way) X(jpki_way) X(corporate_way) X(file) X(needs_signing) \
    X(needs_authentication) X(info_request) X(requests) X(consent) X(registration) X(registered) X(other_door) X(sign) \
    X(deletable) X(post_code) X(told) X(comparison) X(typed) X(different) X(notation) X(substituted) X(applications) \
    X(obstacles) X(forgotten) X(troubles) X(addresses) X(prefecture) X(municipality) X(town)
/* clang-format on */

#define VIEW_KEY_ENUM(name) VIEW_##name,
typedef enum { VIEW_KEYS(VIEW_KEY_ENUM) VIEW_KEY_COUNT } view_key_t;

/* X(identifier, name of the template): a missing one is an error at start. */
#define VIEW_PAGES(X)                                                                                                  \
    X(TOP, "top")                                                                                                      \
    X(REGISTRATION, "registration")                                                                                    \
    X(LOGIN, "login")                                                                                                  \
    X(LOGGED_OUT, "logged-out")                                                                                        \
    X(FORM, "form")                                                                                                    \
    X(CONFIRM, "confirm")                                                                                              \
    X(COMPLETE, "complete")                                                                                            \
    X(ERROR, "error")                                                                                                  \
    X(COUNTER, "counter")                                                                                              \
    X(COUNTER_ACCOUNT, "counter-account")                                                                              \
    X(COUNTER_RECEIPT, "counter-receipt")                                                                              \
    X(COUNTER_ISSUE, "counter-issue")                                                                                  \
    X(COUNTER_PASSWORD, "counter-password")                                                                            \
    X(LEDGER, "ledger")                                                                                                \
    X(CERTIFICATE_CHECK, "certificate-check")                                                                          \
    X(TERMS, "terms")                                                                                                  \
    X(CARD_START, "card-start")                                                                                        \
    X(CARD_WORK, "card-work")                                                                                          \
    X(DELETE, "delete")                                                                                                \
    X(DELETED, "deleted")                                                                                              \
    X(POST_CODE, "post-code")

#define VIEW_PAGE_ENUM(identifier, name) VIEW_PAGE_##identifier,
typedef enum { VIEW_PAGES(VIEW_PAGE_ENUM) VIEW_PAGE_COUNT } view_page_t;

/* The names, by key, for page_set_load; the templates, by page. */
extern const char *const view_key_names[VIEW_KEY_COUNT];
extern const char *const view_page_names[VIEW_PAGE_COUNT];

#endif
