/* SPDX-License-Identifier: Apache-2.0
 *
 * The gate: reserve, then refund or fail. What is in flight counts like a failure until it is settled, so no more than
 * the threshold can be compared wrongly at once; but only failures lock. Not for lockouts, nor for those who look at
 * locks or end them (limit_lockout.c, limit_entry.c).
 */
#include "limit/limit.h"

#include "base/secret.h"
#include "limit/limit_count.h"
#include "store/event.h"

/* One count of the limit, for this subject. */
typedef struct {
    const rules_count_t *rule;
    uint32_t place; /* in the limit, and in the permit's tries */
    limit_count_t row;
    bool locked_now; /* by this unit */
} door_t;

/* One way through the gate: the doors that this subject must pass. */
typedef struct {
    const limit_ports_t *ports;
    const rules_t *rules;
    const rules_limit_t *limit;
    const limit_subject_t *subject;
    const char *source; /* keyed hash of where the subject comes from */
    apr_time_t now;
    apr_pool_t *pool;
    uint32_t count;
    door_t doors[RULES_COUNTS_MAX];
} gate_t;

/* --- Who is asked for --- */

static apr_status_t make_key(const gate_t *gate, door_t *door)
{
    const limit_subject_t *subject = gate->subject;
    bool address = door->rule->per == RULES_PER_ADDRESS;
    const char place = (char)('0' + door->place);
    const span_t parts[] = {
        address ? SPAN("address") : SPAN("account"), subject->city, subject->kind,
        rules_span(gate->rules, gate->limit->name),  {&place, 1},   address ? subject->source : subject->identifier};

    return limit_key_make(&door->row.key, gate->ports->key, parts, 6, gate->pool);
}

/* The keys: all that memory needs. */
static apr_status_t make_gate(gate_t *gate)
{
    apr_status_t status = APR_SUCCESS;

    for (uint32_t i = 0; status == APR_SUCCESS && i < gate->limit->count_count; i++) {
        door_t *door = &gate->doors[gate->count];
        *door = (door_t){.rule = rules_count_of(gate->rules, gate->limit, i), .place = i};
        if (door->rule->per == RULES_PER_ADDRESS && gate->subject->trusted_source) continue;
        status = make_key(gate, door);
        gate->count++;
    }
    return status;
}

/* What the database needs besides: texts for the rows. */
static apr_status_t describe_gate(gate_t *gate)
{
    const limit_subject_t *subject = gate->subject;
    const char *account, *city = span_text(gate->pool, subject->city);
    const char *name = span_text(gate->pool, rules_span(gate->rules, gate->limit->name));
    limit_key_t source;
    apr_status_t status = limit_subject_text(&account, gate->ports->key, subject, gate->pool);

    if (status == APR_SUCCESS)
        status = limit_key_make(&source, gate->ports->key, (span_t[]){SPAN("source"), subject->city, subject->source},
                                3, gate->pool);
    if (status != APR_SUCCESS) return status;
    gate->source = limit_key_text(source, gate->pool);
    for (uint32_t i = 0; i < gate->count; i++) {
        limit_count_t *row = &gate->doors[i].row;
        row->id = limit_key_text(row->key, gate->pool);
        row->city = city;
        row->subject = gate->doors[i].rule->per == RULES_PER_ADDRESS ? gate->source : account;
        row->name = name;
        row->rule = span_text(gate->pool, rules_span(gate->rules, gate->doors[i].rule->rule));
    }
    return APR_SUCCESS;
}

/* --- Locks --- */

/* Of several locks the one that lasts longest is told. */
static void note_lock(const gate_t *gate, const door_t *door, apr_time_t until, uint64_t mark, limit_permit_t *permit)
{
    if (permit->state == LIMIT_LOCKED && until <= permit->until) return;
    permit->state = LIMIT_LOCKED;
    permit->until = until;
    permit->rule = door->rule;
    permit->receipt = limit_receipt_text(mark, gate->pool);
}

static bool ask_memory(const gate_t *gate, limit_permit_t *permit)
{
    apr_time_t until;
    uint64_t mark;

    for (uint32_t i = 0; gate->ports->table && i < gate->count; i++) {
        const door_t *door = &gate->doors[i];
        if (limit_table_find(gate->ports->table, door->row.key, gate->now, &until, &mark))
            note_lock(gate, door, until, mark, permit);
    }
    return permit->state == LIMIT_LOCKED;
}

/* Only while the row is taken: whoever ends the lock must wait for it, and so takes it out of memory after this. */
static void remember(const gate_t *gate, const door_t *door)
{
    const limit_count_t *row = &door->row;

    /* Where there is no room the database is asked; the table counts it, and the alarm is raised by who reads that. */
    if (gate->ports->table) limit_table_put(gate->ports->table, row->key, gate->now, row->until_at, row->mark);
}

/* Locks grow; a whole window after the last one's end the growth is forgotten (without a window: by a success). */
static apr_status_t lock_door(const gate_t *gate, store_unit_t *unit, door_t *door, limit_permit_t *permit)
{
    const rules_count_t *rule = door->rule;
    apr_interval_time_t window = apr_time_from_sec((apr_time_t)rule->window);
    bool grows = window == 0 || door->row.until_at > gate->now - window;
    apr_int64_t level = grows ? door->row.level : 0;
    uint32_t seconds = rule->locks[level < rule->lock_count ? level : rule->lock_count - 1];
    apr_time_t until =
        seconds == RULES_LOCK_COUNTER ? LIMIT_FOREVER : gate->now + apr_time_from_sec((apr_time_t)seconds);
    apr_status_t status = limit_count_lock(unit, &door->row, gate->ports->key, level + 1, gate->now, until);

    if (status != APR_SUCCESS) return status;
    door->locked_now = true;
    note_lock(gate, door, until, door->row.mark, permit);
    return APR_SUCCESS;
}

/* Of a row that is taken: locked, to be locked now, full (only by what is in flight), or open. */
static apr_status_t examine(const gate_t *gate, store_unit_t *unit, door_t *door, limit_permit_t *permit, bool *full)
{
    apr_int64_t failures, all;
    apr_status_t status;

    if (door->row.until_at > gate->now) {
        remember(gate, door);
        note_lock(gate, door, door->row.until_at, door->row.mark, permit);
        return APR_SUCCESS;
    }
    status = limit_count_tally(unit, &door->row, door->rule->window, gate->now, &failures, &all);
    if (status != APR_SUCCESS) return status;
    if (failures >= door->rule->threshold) return lock_door(gate, unit, door, permit);
    if (all >= door->rule->threshold) *full = true;
    return APR_SUCCESS;
}

/* Ends a unit: what all hosts share (the events' number, the clock) comes last, so that nobody waits in a circle. */
static apr_status_t finish(const gate_t *gate, store_unit_t *unit)
{
    apr_status_t status = APR_SUCCESS;

    for (uint32_t i = 0; status == APR_SUCCESS && i < gate->count; i++)
        if (gate->doors[i].locked_now) status = event_write(unit, EVENT_LOCK, gate->doors[i].row.id, gate->now);
    if (status == APR_SUCCESS) status = limit_clock_mark(unit, gate->now);
    return status == APR_SUCCESS ? store_commit(unit) : status;
}

/* --- Reserving --- */

/* 63 random bits, never 0: 0 is a count that a permit has no try in. The receipt follows from them. */
static apr_status_t make_try(const gate_t *gate, limit_try_t *attempt)
{
    apr_uint64_t bits = 0;
    limit_key_t hash;
    apr_status_t status = APR_SUCCESS;

    while (status == APR_SUCCESS && bits == 0) {
        status = secret_random((unsigned char *)&bits, sizeof bits);
        bits >>= 1;
    }
    if (status != APR_SUCCESS) return status;
    status = limit_key_make(&hash, gate->ports->key, (span_t[]){SPAN("try"), {(const char *)&bits, sizeof bits}}, 2,
                            gate->pool);
    *attempt = (limit_try_t){(apr_int64_t)bits, gate->source, gate->now, limit_receipt_mark(hash)};
    return status;
}

static apr_status_t enter_tries(const gate_t *gate, store_unit_t *unit, limit_permit_t *permit)
{
    limit_try_t attempt;
    apr_status_t status = make_try(gate, &attempt);

    for (uint32_t i = 0; status == APR_SUCCESS && i < gate->count; i++) {
        status = limit_count_try(unit, &gate->doors[i].row, &attempt);
        permit->tries[gate->doors[i].place] = attempt.id;
    }
    permit->at = gate->now;
    permit->receipt = status == APR_SUCCESS ? limit_receipt_text(attempt.mark, gate->pool) : NULL;
    return status;
}

/* The permit comes as LIMIT_BUSY and is LIMIT_OPEN only once the tries are committed. */
static apr_status_t reserve(gate_t *gate, store_unit_t *unit, limit_permit_t *permit)
{
    apr_status_t status = APR_SUCCESS;
    bool full = false, locks = false;

    for (uint32_t i = 0; status == APR_SUCCESS && i < gate->count; i++) {
        status = limit_count_take(unit, &gate->doors[i].row, gate->now);
        if (status == APR_SUCCESS) status = examine(gate, unit, &gate->doors[i], permit, &full);
        locks = locks || gate->doors[i].locked_now;
    }
    if (status != APR_SUCCESS) return status;
    if (permit->state == LIMIT_LOCKED) return locks ? finish(gate, unit) : APR_SUCCESS;
    if (full) return APR_SUCCESS;
    status = enter_tries(gate, unit, permit);
    if (status == APR_SUCCESS) status = finish(gate, unit);
    if (status == APR_SUCCESS) permit->state = LIMIT_OPEN;
    return status;
}

apr_status_t limit_reserve(const limit_ports_t *ports, const rules_t *rules, const rules_limit_t *limit,
                           const limit_subject_t *subject, apr_time_t now, limit_permit_t *permit, apr_pool_t *pool)
{
    gate_t gate = {.ports = ports, .rules = rules, .limit = limit, .subject = subject, .now = now, .pool = pool};
    store_unit_t *unit = NULL;
    apr_status_t status = make_gate(&gate);

    *permit = (limit_permit_t){.state = LIMIT_BUSY};
    if (status == APR_SUCCESS && ask_memory(&gate, permit)) return APR_SUCCESS;
    if (status == APR_SUCCESS) status = describe_gate(&gate);
    if (status == APR_SUCCESS) status = store_open(&unit, ports->store, STORE_WRITE, pool);
    if (status == APR_SUCCESS) status = reserve(&gate, unit, permit);
    store_close(unit);
    if (status != APR_SUCCESS) *permit = (limit_permit_t){.state = LIMIT_BUSY};
    return status;
}

/* --- Settling --- */

/* One id in all the counts that took part. */
static apr_int64_t try_of(const limit_permit_t *permit)
{
    apr_int64_t id = 0;
    for (uint32_t i = 0; id == 0 && i < RULES_COUNTS_MAX; i++) id = permit->tries[i];
    return id;
}

static apr_status_t refund_door(store_unit_t *unit, door_t *door, const limit_try_t *attempt, limit_others_t *others)
{
    bool since_success = door->rule->window == 0;
    limit_others_t here;
    apr_status_t status = limit_count_take(unit, &door->row, attempt->at);

    if (status == APR_SUCCESS)
        status = limit_count_success(unit, &door->row, attempt, since_success ? 0 : door->row.level, &here);
    if (status == APR_SUCCESS && since_success) status = limit_count_forgive(unit, &door->row, attempt);
    if (status == APR_SUCCESS && door->rule->per == RULES_PER_ACCOUNT && here.failures > others->failures)
        *others = here;
    return status;
}

apr_status_t limit_refund(const limit_ports_t *ports, store_unit_t *unit, const rules_t *rules,
                          const rules_limit_t *limit, const limit_subject_t *subject, const limit_permit_t *permit,
                          limit_others_t *others, apr_pool_t *pool)
{
    gate_t gate = {.ports = ports, .rules = rules, .limit = limit, .subject = subject, .now = permit->at, .pool = pool};
    limit_others_t told = {0, 0};
    limit_try_t attempt = {.id = try_of(permit), .at = permit->at};
    apr_status_t status = make_gate(&gate);

    if (status == APR_SUCCESS) status = describe_gate(&gate);
    attempt.source = gate.source;
    for (uint32_t i = 0; status == APR_SUCCESS && i < gate.count; i++)
        status = refund_door(unit, &gate.doors[i], &attempt, &told);
    if (status == APR_SUCCESS) status = limit_count_remove(unit, attempt.id);
    if (others) *others = told;
    return status;
}

apr_status_t limit_forget(const limit_ports_t *ports, const limit_permit_t *permit, apr_pool_t *pool)
{
    store_unit_t *unit = NULL;
    apr_status_t status = store_open(&unit, ports->store, STORE_WRITE, pool);

    if (status == APR_SUCCESS) status = limit_count_remove(unit, try_of(permit));
    if (status == APR_SUCCESS) status = store_commit(unit);
    store_close(unit);
    return status;
}

static apr_status_t fail(gate_t *gate, store_unit_t *unit, limit_permit_t *permit)
{
    apr_status_t status = APR_SUCCESS;
    bool full; /* nobody wants to come in */

    for (uint32_t i = 0; status == APR_SUCCESS && i < gate->count; i++) {
        door_t *door = &gate->doors[i];
        apr_int64_t id = permit->tries[door->place];
        if (!id) continue;
        status = limit_count_take(unit, &door->row, gate->now);
        if (status == APR_SUCCESS) status = limit_count_fail(unit, &door->row, id);
        if (status == APR_SUCCESS) status = examine(gate, unit, door, permit, &full);
    }
    return status == APR_SUCCESS ? finish(gate, unit) : status;
}

apr_status_t limit_fail(const limit_ports_t *ports, const rules_t *rules, const rules_limit_t *limit,
                        const limit_subject_t *subject, apr_time_t now, limit_permit_t *permit, apr_pool_t *pool)
{
    gate_t gate = {.ports = ports, .rules = rules, .limit = limit, .subject = subject, .now = now, .pool = pool};
    limit_permit_t settled = *permit;
    store_unit_t *unit = NULL;
    apr_status_t status = make_gate(&gate);

    if (status == APR_SUCCESS) status = describe_gate(&gate);
    if (status == APR_SUCCESS) status = store_open(&unit, ports->store, STORE_WRITE, pool);
    if (status == APR_SUCCESS) status = fail(&gate, unit, &settled);
    store_close(unit);
    if (status == APR_SUCCESS) *permit = settled;
    return status;
}
