/* SPDX-License-Identifier: Apache-2.0
 *
 * A request from its characters to its answer: verified, not seen before, card opened, holder asked, signed, card given
 * back. The one path of all front ends.
 */
#ifndef SIGNER_PERFORM_H
#define SIGNER_PERFORM_H

#include "base/log.h"
#include "signer/ask.h"
#include "signer/source.h"
#include "wire/answer.h"
#include "wire/message.h"

typedef struct {
    const request_pin_t *pins;
    int pin_count;
    const char *state;                  /* directory of the replay memory */
    const request_operation_t *only;    /* what a request must ask for; NULL: anything */
    bool same_clock;                    /* requests come from this machine: their end is to the second */
    source_t *sources[REQUEST_SOURCES]; /* all there; which one is used is the request's word */
    ask_t *ask;
    const log_port_t *log;
} perform_t;

/* Always gives an answer. In this order, each refusing what the next never sees: the request's signature and times, its
 * origin (and the voucher's, where there is one), replay, the source, the last try, the holder. Everything in the pool.
 */
void perform(const perform_t *perform, const message_t *message, answer_t *answer, apr_pool_t *pool);

#endif
