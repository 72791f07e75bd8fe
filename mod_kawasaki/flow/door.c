/* SPDX-License-Identifier: Apache-2.0 */
#include "flow/door.h"

#include "account/password.h"
#include "base/error.h"
#include "text/text.h"

/* Without its limit a secret is never looked at. */
static apr_status_t find_limit(door_t *door, const flow_request_t *request, const char *name)
{
    door->limit = rules_limit(request->rules, span_of(name));
    if (door->limit) return APR_SUCCESS;
    base_log(request->ports->log, LOG_PORT_ERROR, 0, "KW-DOOR-001", "the rules have no limit '%s'", name);
    return BASE_ECORRUPT;
}

/* The account and its hash; no connection is held when this returns. */
static apr_status_t find(const door_t *door, const flow_request_t *request, account_t *account, const char **password,
                         bool *found)
{
    store_unit_t *unit;
    apr_status_t status = store_open(&unit, request->ports->store, STORE_READ, request->pool);

    if (status != APR_SUCCESS) return status;
    status = account_find(unit, door->subject.city, door->subject.kind, door->subject.identifier, account, password,
                          found, request->pool);
    store_close(unit);
    return status;
}

/* A one-time password that has run out is no password. */
static bool has_expired(const account_t *account, apr_time_t now)
{
    return account->must_change && account->password_expires_at && now >= account->password_expires_at;
}

static apr_status_t write_refusal(const door_t *door, const flow_request_t *request, audit_act_t refused,
                                  apr_int64_t account)
{
    const bool locks = door->permit.state == LIMIT_LOCKED;
    const audit_entry_t entry = {.at = request->now,
                                 .city = door->subject.city,
                                 .by = AUDIT_BY_RESIDENT,
                                 .account = account,
                                 .act = locks ? AUDIT_LOCK : refused,
                                 .rule = locks ? rules_span(request->rules, door->permit.rule->rule) : SPAN(""),
                                 .note = span_of(door->permit.receipt)};
    store_unit_t *unit;
    apr_status_t status = store_open(&unit, request->ports->store, STORE_WRITE, request->pool);

    if (status != APR_SUCCESS) return status;
    status = audit_write(unit, &entry);
    if (status == APR_SUCCESS) status = store_commit(unit);
    store_close(unit);
    return status;
}

/* A reservation that waited too long is a failure already: whatever comes of it now opens nothing. */
static bool is_late(const door_t *door, apr_time_t now)
{
    return now - door->permit.at >= LIMIT_SETTLE;
}

/* Compares, and counts what was wrong. */
static apr_status_t compare(door_t *door, const flow_request_t *request, audit_act_t refused, span_t secret)
{
    const char *password = NULL;
    bool found = false, right;
    apr_time_t now;
    apr_status_t status = find(door, request, &door->account, &password, &found);

    if (status != APR_SUCCESS) return status;
    door->result = DOOR_BUSY;
    if (is_late(door, clock_now(request->ports->clock))) return APR_SUCCESS;
    right = password_matches(secret, found ? password : NULL) && found && !has_expired(&door->account, request->now);
    now = clock_now(request->ports->clock);
    if (right && is_late(door, now)) return APR_SUCCESS;
    if (right) {
        door->result = door->account.frozen ? DOOR_FROZEN : DOOR_OPEN;
        if (door->account.frozen) door->permit.receipt = NULL; /* no try is left that the counter could look up */
        return door->account.frozen ? limit_forget(request->ports->limits, &door->permit, request->pool) : APR_SUCCESS;
    }
    door->result = DOOR_WRONG;
    status = limit_fail(request->ports->limits, request->rules, door->limit, &door->subject, now, &door->permit,
                        request->pool);
    if (status == APR_SUCCESS) status = write_refusal(door, request, refused, found ? door->account.id : 0);
    return status;
}

static apr_status_t reserve(door_t *door, const flow_request_t *request)
{
    apr_status_t status = limit_reserve(request->ports->limits, request->rules, door->limit, &door->subject,
                                        request->now, &door->permit, request->pool);

    if (status != APR_SUCCESS) return status;
    switch (door->permit.state) {
    case LIMIT_OPEN: door->result = DOOR_OPEN; break;
    case LIMIT_BUSY: door->result = DOOR_BUSY; break;
    case LIMIT_LOCKED: door->result = DOOR_LOCKED; break;
    }
    return APR_SUCCESS;
}

apr_status_t door_knock(door_t *door, const flow_request_t *request, audit_act_t refused, span_t kind,
                        span_t identifier, span_t secret)
{
    apr_status_t status = find_limit(door, request, "password");

    if (status != APR_SUCCESS) return status;
    door->subject = (limit_subject_t){.city = rules_span(request->rules, rules_city(request->rules)->id),
                                      .kind = kind,
                                      .identifier = identifier,
                                      .source = request->source};
    status = reserve(door, request);
    return status == APR_SUCCESS && door->result == DOOR_OPEN ? compare(door, request, refused, secret) : status;
}

apr_status_t door_reserve(door_t *door, const flow_request_t *request, const char *limit, span_t identifier)
{
    apr_status_t status = find_limit(door, request, limit);

    if (status != APR_SUCCESS) return status;
    door->subject = (limit_subject_t){.city = rules_span(request->rules, rules_city(request->rules)->id),
                                      .kind = span_of(limit),
                                      .identifier = identifier,
                                      .source = request->source,
                                      .trusted_source = true};
    return reserve(door, request);
}

apr_status_t door_fail(door_t *door, const flow_request_t *request)
{
    apr_status_t status = limit_fail(request->ports->limits, request->rules, door->limit, &door->subject,
                                     clock_now(request->ports->clock), &door->permit, request->pool);

    if (status == APR_SUCCESS && door->permit.state == LIMIT_LOCKED)
        status = write_refusal(door, request, AUDIT_LOCK, 0);
    door->result = DOOR_WRONG;
    return status;
}

apr_status_t door_forget(const door_t *door, const flow_request_t *request)
{
    return limit_forget(request->ports->limits, &door->permit, request->pool);
}

apr_status_t door_settle(door_t *door, const flow_request_t *request, store_unit_t *unit)
{
    return limit_refund(request->ports->limits, unit, request->rules, door->limit, &door->subject, &door->permit, NULL,
                        request->pool);
}

static span_t locked_sentence(const door_t *door, const flow_request_t *request)
{
    record_pair_t until = {SPAN("until"), SPAN("")};

    if (door->permit.until == LIMIT_FOREVER) return rules_say(request->rules, &door->limit->locked_counter);
    until.value = text_time_japanese(request->pool, door->permit.until);
    return rules_fill(rules_say(request->rules, &door->limit->locked), &until, 1, request->pool);
}

rules_finding_t door_finding(const door_t *door, const flow_request_t *request, uint32_t field, rules_message_t wrong)
{
    rules_finding_t finding = {field, SPAN("door/secret"), rules_message(request->rules, wrong)};

    if (door->result == DOOR_FROZEN) {
        finding =
            (rules_finding_t){RULES_NONE, SPAN("door/frozen"), rules_message(request->rules, RULES_MESSAGE_FROZEN)};
    } else if (door->result == DOOR_BUSY) {
        finding = (rules_finding_t){RULES_NONE, SPAN("door/busy"), rules_say(request->rules, &door->limit->busy)};
    } else if (door->permit.state == LIMIT_LOCKED) {
        finding = (rules_finding_t){RULES_NONE, rules_span(request->rules, door->permit.rule->rule),
                                    locked_sentence(door, request)};
    }
    return finding;
}
