/* SPDX-License-Identifier: Apache-2.0
 *
 * Forms as flows need them: values by field, from an account, a draft or what was typed; shown as fields to fill in or
 * as rows to read. For flow/ alone.
 */
#ifndef FLOW_FORM_H
#define FLOW_FORM_H

#include "flow/flow.h"

typedef struct {
    span_t at[RULES_FIELDS_MAX]; /* by index in the form */
} form_values_t;

/* The fields as registered, an applicant's empty ones as they are preset; a repetition (equals) begins with what it
 * repeats. Secrets are empty. */
void form_values_of_account(const rules_t *rules, const rules_form_t *form, const account_t *account,
                            form_values_t *values);

/* The fields as a draft holds them. BASE_ECORRUPT when it can't be read. */
apr_status_t form_values_of_draft(const rules_t *rules, const rules_form_t *form, span_t fields, form_values_t *values,
                                  apr_pool_t *pool);

/* The fields for a draft: all but secrets; behind them what waits in it. */
span_t form_draft_of_values(const rules_t *rules, const rules_form_t *form, const span_t *values,
                            const record_pair_t *waiting, apr_size_t waiting_count, apr_pool_t *pool);

/* What waits in a draft besides its form's answers: the fields of an account as a new certificate has them, by the
 * account's names. BASE_EMALFORMED when it can't be read. */
apr_status_t form_waiting(span_t draft, record_pair_t **waiting, apr_size_t *count, apr_pool_t *pool);

/* The fields as the account stores them: all but secrets and repetitions; *pairs is the pool's. */
apr_size_t form_pairs_of_values(const rules_t *rules, const rules_form_t *form, const span_t *values,
                                record_pair_t **pairs, apr_pool_t *pool);

/* Is one of them another than the account has? Secrets and repetitions aside. */
bool form_differs(const rules_t *rules, const rules_form_t *form, const account_t *account, const span_t *values);

/* "account.name" */
span_t form_fact_name(rules_fact_t fact);

/* Facts about the account, for conditions and `show` lines: facts[RULES_FACT_COUNT]. */
void form_facts(const account_t *account, span_t *facts);

/* A form page: fields with these values, and the findings beside them (NULL: none) and in the summary. */
void form_view_fields(const flow_request_t *request, page_map_t *view, const rules_form_t *form, const span_t *values,
                      const rules_finding_t *findings, uint32_t finding_count, bool password_pending);

/* A page to read: rows with these values, marked where they differ from the account's. */
void form_view_rows(const flow_request_t *request, page_map_t *view, const rules_form_t *form, const span_t *values,
                    bool password_pending);

#endif
