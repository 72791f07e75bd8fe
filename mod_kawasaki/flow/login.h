/* SPDX-License-Identifier: Apache-2.0
 *
 * What all ways of logging in share. For flow/ alone.
 */
#ifndef FLOW_LOGIN_H
#define FLOW_LOGIN_H

#include "flow/flow.h"

/* Sent here with an old cookie, arrived with the new one: nothing is left to do but to go where the purpose leads. */
bool login_is_done(const flow_request_t *request);

/* The ways in that serve the purpose (none: all), of those that the rules have: flags card_way, jpki_way,
 * corporate_way. */
void login_put_ways(const flow_request_t *request, page_map_t *view);

/* Why one is here, where there is something to say: the session timed out, a page wants a log-in, the card is gone. */
void login_message(const flow_request_t *request, page_map_t *view);

#endif
