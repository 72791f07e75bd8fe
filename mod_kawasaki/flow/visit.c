/* SPDX-License-Identifier: Apache-2.0
 *
 * Loading a visit, and the form it has in the cache: one record of named values. Not here: what may be done with it.
 */
#include "flow/visit.h"

#include "account/audit.h"
#include "base/error.h"
#include "base/number.h"
#include "flow/form.h"

#define FIXED_PAIRS 19 /* pairs that every record has; the account's fields follow */

static span_t number_text(apr_pool_t *pool, apr_int64_t number)
{
    return span_of(apr_psprintf(pool, "%" APR_INT64_T_FMT, number));
}

/* The order of the first FIXED_PAIRS pairs is the record's format: decode reads them by position. */
static span_t encode(const visit_t *visit, apr_pool_t *pool)
{
    const session_t *session = &visit->session;
    const account_t *account = &visit->account;
    const draft_t *draft = &visit->draft;
    apr_size_t count = FIXED_PAIRS + account->field_count;
    record_pair_t *pairs = apr_palloc(pool, count * sizeof *pairs);
    const record_pair_t fixed[FIXED_PAIRS] = {
        {SPAN("kind"), session->kind},
        {SPAN("level"), number_text(pool, session->level)},
        {SPAN("csrf"), session->csrf},
        {SPAN("created"), number_text(pool, session->created_at)},
        {SPAN("touched"), number_text(pool, session->touched_at)},
        {SPAN("city"), session->city},
        {SPAN("version"), number_text(pool, account->version)},
        {SPAN("identifier"), account->identifier},
        {SPAN("form"), draft->form},
        {SPAN("draft"), number_text(pool, draft->version)},
        {SPAN("step"), number_text(pool, draft->step)},
        {SPAN("base"), number_text(pool, draft->base)},
        {SPAN("fields"), draft->fields},
        {SPAN("refusals"), number_text(pool, visit->refusals)},
        {SPAN("refused"), number_text(pool, visit->refused_at)},
        {SPAN("must-change"), account->must_change ? SPAN("yes") : SPAN("")},
        {SPAN("applicant"), account->applicant ? SPAN("yes") : SPAN("")},
        {SPAN("insertion"), session->insertion},
        /* The hash itself stays in the database: pages only need to know of it. */
        {SPAN("password"), draft->password.size ? SPAN("yes") : SPAN("")}};
    memcpy(pairs, fixed, sizeof fixed);
    if (account->field_count) memcpy(pairs + FIXED_PAIRS, account->fields, account->field_count * sizeof *pairs);
    return record_encode(pool, pairs, count);
}

static apr_status_t decode(visit_t *visit, apr_int64_t account, span_t text, apr_pool_t *pool)
{
    record_pair_t *pairs;
    apr_size_t count;
    apr_status_t status = record_decode(pool, text, &pairs, &count);

    if (status != APR_SUCCESS) return status;
    if (count < FIXED_PAIRS || !span_is(pairs[FIXED_PAIRS - 1].name, "password")) return BASE_ECORRUPT;
    visit->session.account = account;
    visit->session.kind = pairs[0].value;
    visit->session.level = number_signed(pairs[1].value);
    visit->session.csrf = pairs[2].value;
    visit->session.created_at = number_signed(pairs[3].value);
    visit->session.touched_at = number_signed(pairs[4].value);
    visit->session.city = pairs[5].value;
    visit->account.id = account;
    visit->account.kind = visit->session.kind;
    visit->account.city = visit->session.city;
    visit->account.version = number_signed(pairs[6].value);
    visit->account.identifier = pairs[7].value;
    visit->account.fields = pairs + FIXED_PAIRS;
    visit->account.field_count = count - FIXED_PAIRS;
    visit->draft.account = account;
    visit->draft.form = pairs[8].value;
    visit->draft.version = number_signed(pairs[9].value);
    visit->draft.step = (draft_step_t)number_signed(pairs[10].value);
    visit->draft.base = number_signed(pairs[11].value);
    visit->draft.fields = pairs[12].value;
    visit->refusals = number_signed(pairs[13].value);
    visit->refused_at = number_signed(pairs[14].value);
    visit->account.must_change = pairs[15].value.size > 0;
    visit->account.applicant = pairs[16].value.size > 0;
    visit->session.insertion = pairs[17].value;
    visit->draft.password = pairs[18].value;
    return APR_SUCCESS;
}

/* A new certificate that waits in the draft (form.h) speaks for the account already: its fields come before the
 * account's. They are the account's once the form is signed. */
static void overlay(visit_t *visit, apr_pool_t *pool)
{
    account_t *account = &visit->account;
    record_pair_t *waiting, *fields;
    apr_size_t count;

    if (form_waiting(visit->draft.fields, &waiting, &count, pool) != APR_SUCCESS || count == 0) return;
    fields = apr_palloc(pool, (count + account->field_count) * sizeof *fields);
    memcpy(fields, waiting, count * sizeof *fields);
    if (account->field_count) memcpy(fields + count, account->fields, account->field_count * sizeof *fields);
    account->fields = fields;
    account->field_count += count;
}

static session_life_t life_of(const rules_t *rules)
{
    const rules_city_t *city = rules_city(rules);
    return (session_life_t){city->idle, city->lasts};
}

static apr_time_t end_of(const session_t *session, session_life_t life)
{
    apr_time_t idle = session->touched_at + apr_time_from_sec(life.idle);
    apr_time_t last = session->created_at + apr_time_from_sec(life.lasts);
    return idle < last ? idle : last;
}

/* From the database, in one unit: the truth. Epochs are taken before the rows they stand for. */
static apr_status_t load(visit_t *visit, const flow_ports_t *ports, const rules_t *rules, span_t form, apr_time_t now,
                         apr_pool_t *pool)
{
    const session_life_t life = life_of(rules);
    session_t *session = &visit->session;
    session_epoch_t epoch = {session_epoch_of_session(ports->cache, session->hash), 0};
    store_unit_t *unit;
    bool found = false;

    apr_status_t status = store_open(&unit, ports->store, STORE_READ, pool);
    if (status != APR_SUCCESS) return status;
    status = session_read(unit, session, rules_span(rules, rules_city(rules)->id), life, now, &visit->state, pool);
    if (status == APR_SUCCESS && visit->state != SESSION_NONE) {
        epoch.account = session_epoch_of_account(ports->cache, session->account);
        status = account_read(unit, session->account, &visit->account, &found, pool);
        if (status == APR_SUCCESS && !found) visit->state = SESSION_NONE;
        if (status == APR_SUCCESS && found) status = draft_read(unit, session->account, form, &visit->draft, pool);
        if (status == APR_SUCCESS && found)
            status = audit_refusals(unit, session->account, session->created_at, &visit->refusals, &visit->refused_at);
    }
    store_close(unit);
    if (status == APR_SUCCESS && visit->state == SESSION_LIVE)
        session_cache_put(ports->cache, session->hash, session->account, epoch, encode(visit, pool),
                          end_of(session, life), pool);
    return status;
}

apr_status_t visit_load(visit_t *visit, const flow_ports_t *ports, const rules_t *rules, span_t cookie, span_t form,
                        apr_time_t now, apr_pool_t *pool)
{
    const session_life_t life = life_of(rules);
    apr_int64_t account;
    span_t payload;
    apr_status_t status;

    memset(visit, 0, sizeof *visit);
    visit->state = SESSION_NONE;
    if (session_hash(cookie, visit->session.hash) != APR_SUCCESS) return APR_SUCCESS;

    if (session_cache_get(ports->cache, visit->session.hash, &account, &payload, pool) == APR_SUCCESS &&
        decode(visit, account, payload, pool) == APR_SUCCESS &&
        span_equal(visit->session.city, rules_span(rules, rules_city(rules)->id)) &&
        (form.size == 0 || span_equal(visit->draft.form, form))) {
        visit->state = session_state(&visit->session, life, now);
    } else {
        status = load(visit, ports, rules, form, now, pool);
        if (status != APR_SUCCESS) return status;
    }
    visit->ends_at = end_of(&visit->session, life);
    overlay(visit, pool);
    return APR_SUCCESS;
}

apr_status_t visit_touch(visit_t *visit, const flow_ports_t *ports, const rules_t *rules, apr_time_t now,
                         apr_pool_t *pool)
{
    store_unit_t *unit;
    apr_status_t status;

    if (visit->state != SESSION_LIVE || !session_touch_due(&visit->session, now)) return APR_SUCCESS;
    status = store_open(&unit, ports->store, STORE_WRITE, pool);
    if (status != APR_SUCCESS) return status;
    status = session_touch(unit, &visit->session, now);
    if (status == APR_SUCCESS) status = store_commit(unit);
    store_close(unit);
    session_epoch_bump_session(ports->cache, visit->session.hash);
    visit->ends_at = end_of(&visit->session, life_of(rules));
    return status;
}

bool visit_is_registered(const visit_t *visit)
{
    return visit->state == SESSION_LIVE && !visit->account.applicant;
}

apr_status_t visit_begin(store_unit_t *unit, const visit_t *old, const rules_t *rules, const account_t *account,
                         span_t insertion, apr_time_t now, const char **cookie, apr_pool_t *pool)
{
    const rules_kind_t *kind = rules_kind(rules, account->kind);
    session_t session = {.account = account->id,
                         .city = account->city,
                         .kind = account->kind,
                         .level = kind && !account->applicant ? kind->level : 0,
                         .insertion = insertion};
    apr_status_t status = APR_SUCCESS;
    bool ended;

    /* The same person goes on: pages that are open, also from before a time-out, stay good. */
    if (old->state != SESSION_NONE && old->session.account == account->id) session.csrf = old->session.csrf;
    if (old->state != SESSION_NONE) status = session_end(unit, old->session.hash, &ended);
    if (status == APR_SUCCESS) status = session_begin(unit, &session, cookie, now, pool);
    return status;
}

apr_status_t visit_refresh(visit_t *visit, const flow_ports_t *ports, span_t form, apr_pool_t *pool)
{
    store_unit_t *unit;
    bool found;
    apr_status_t status;

    session_epoch_bump_account(ports->cache, visit->account.id);
    status = store_open(&unit, ports->store, STORE_READ, pool);
    if (status != APR_SUCCESS) return status;
    status = account_read(unit, visit->session.account, &visit->account, &found, pool);
    if (status == APR_SUCCESS && !found) visit->state = SESSION_NONE;
    if (status == APR_SUCCESS && found) status = draft_read(unit, visit->session.account, form, &visit->draft, pool);
    store_close(unit);
    if (status == APR_SUCCESS && found) overlay(visit, pool);
    return status;
}

apr_status_t visit_end(const visit_t *visit, const flow_ports_t *ports, span_t rule, apr_time_t now, apr_pool_t *pool)
{
    const audit_entry_t entry = {.at = now,
                                 .city = visit->session.city,
                                 .by = AUDIT_BY_RESIDENT,
                                 .account = visit->session.account,
                                 .act = AUDIT_LOGOUT,
                                 .rule = rule};
    store_unit_t *unit;
    bool ended;
    apr_status_t status = store_open(&unit, ports->store, STORE_WRITE, pool);
    if (status != APR_SUCCESS) return status;
    status = session_end(unit, visit->session.hash, &ended);
    if (status == APR_SUCCESS && ended && visit_is_registered(visit)) status = audit_write(unit, &entry);
    if (status == APR_SUCCESS) status = store_commit(unit);
    store_close(unit);
    session_epoch_bump_session(ports->cache, visit->session.hash);
    return status;
}
