/* SPDX-License-Identifier: Apache-2.0 */
#include "flow/pin.h"

#include "flow/door.h"

static uint32_t field_of(const flow_request_t *request, const pin_need_t *need, request_operation_t operation)
{
    return rules_field_index(request->rules, need->form, operation == REQUEST_SIGN ? SPAN("signing-pin") : SPAN("pin"));
}

static uint32_t last_try_of(const flow_request_t *request, const pin_need_t *need)
{
    return rules_field_index(request->rules, need->form, SPAN("last-try"));
}

/* --- The card --- */

static span_t sentence_of(const flow_request_t *request, wire_code_t code, request_operation_t operation,
                          request_source_t source)
{
    const answer_t answer = {.code = code, .tries = ANSWER_TRIES_UNKNOWN};

    return helper_sentence(request, &answer, operation, source);
}

static void put_certificate(const flow_request_t *request, page_map_t *card, page_key_t key, bool there, int tries,
                            bool needed)
{
    const request_operation_t operation = key == VIEW_signing ? REQUEST_SIGN : REQUEST_AUTH;
    page_map_t *map;

    page_put_flag(card, key == VIEW_signing ? VIEW_needs_signing : VIEW_needs_authentication, needed);
    if (!there) return;
    map = page_put_map(card, key);
    if (tries == 0) page_put_text(map, VIEW_blocked, sentence_of(request, WIRE_PIN_BLOCKED, operation, REQUEST_CARD));
    if (tries > 0) page_put_text(map, VIEW_tries, span_of(apr_psprintf(request->pool, "%d", tries)));
}

/* What keeps one from going on, unless the summary says so already. */
static void put_missing(const flow_request_t *request, page_map_t *view, const pin_need_t *need, const pin_try_t *tried,
                        const answer_t *answer)
{
    const answer_info_t *info = &answer->info;
    const struct {
        bool needed, there;
        int tries;
        request_operation_t operation;
    } certificates[] = {{need->sign, info->has_signing, info->signing_tries, REQUEST_SIGN},
                        {need->log_in, info->has_authentication, info->authentication_tries, REQUEST_AUTH}};
    page_list_t *list = page_put_list(view, VIEW_missing);

    for (int i = 0; i < 2; i++) {
        const wire_code_t code = answer->code != WIRE_OK      ? answer->code
                                 : !certificates[i].there     ? WIRE_CERT_MISSING
                                 : certificates[i].tries == 0 ? WIRE_PIN_BLOCKED
                                                              : WIRE_OK;
        span_t sentence;
        if (!certificates[i].needed || code == WIRE_OK) continue;
        sentence = sentence_of(request, code, certificates[i].operation, need->source);
        if (!tried->verdict || !span_equal(sentence, tried->verdict->findings[0].message))
            page_put_text(page_list_add(list), VIEW_say, sentence);
        if (answer->code != WIRE_OK) break; /* one trouble of the reader, however many certificates */
    }
}

static void put_card(const flow_request_t *request, page_map_t *view, const pin_need_t *need, const answer_t *answer)
{
    const answer_info_t *info = &answer->info;
    page_map_t *card;

    if (!answer->has_info || info->insertion.size == 0) return;
    card = page_put_map(view, VIEW_card);
    page_put_text(card, VIEW_reader, info->reader);
    page_put_flag(card, VIEW_my_number_card, span_is(info->card, "my-number-card"));
    page_put_flag(card, VIEW_resident_card, span_is(info->card, "resident-registry-card"));
    put_certificate(request, card, VIEW_signing, info->has_signing, info->signing_tries, need->sign);
    put_certificate(request, card, VIEW_authentication, info->has_authentication, info->authentication_tries,
                    need->log_in);
}

/* --- The form --- */

/* The last section is for those who have one try left; the others have the form without it. */
static void put_form(const flow_request_t *request, page_map_t *view, const pin_need_t *need, bool last_try,
                     const rules_verdict_t *verdict)
{
    static const span_t empty[RULES_FIELDS_MAX];
    rules_form_t form = *need->form;

    if (!last_try && form.section_count > 0) {
        const rules_section_t *last =
            rules_entry(request->rules, RULES_SECTIONS, form.first_section + form.section_count - 1);
        if (span_is(rules_span(request->rules, last->name), "last-try")) form.section_count--;
    }
    page_put_flag(view, VIEW_form, true);
    form_view_fields(request, view, &form, empty, verdict ? verdict->findings : NULL,
                     verdict ? verdict->finding_count : 0, false);
}

void pin_put_refusals(const flow_request_t *request, page_map_t *view, const pin_need_t *need, rules_verdict_t *verdict)
{
    rules_form_t form = *need->form;

    form.section_count = 0;
    for (uint32_t i = 0; i < verdict->finding_count; i++) verdict->findings[i].field = RULES_NONE;
    form_view_fields(request, view, &form, NULL, verdict->findings, verdict->finding_count, false);
}

static bool has_one_log_in(const pin_need_t *need, const answer_t *now)
{
    return need->log_in && now->has_info && now->info.authentication_tries == 1;
}

static bool has_one_signature(const pin_need_t *need, const answer_t *now)
{
    return need->sign && now->has_info && now->info.signing_tries == 1;
}

/* Before anything is typed: which of the PINs it is. */
static void put_last_try(const flow_request_t *request, page_map_t *view, const pin_need_t *need, const answer_t *now)
{
    const bool sign = has_one_signature(need, now);

    page_put_text(view, VIEW_warning,
                  sign && has_one_log_in(need, now)
                      ? rules_message(request->rules, RULES_MESSAGE_CARD_PINS_LOW)
                      : sentence_of(request, WIRE_PIN_LOW, sign ? REQUEST_SIGN : REQUEST_AUTH, REQUEST_CARD));
}

/* Will the answer stay the same, whatever PIN is typed? */
static bool is_final(const pin_try_t *tried)
{
    const answer_t *answer = tried->answer;

    return tried->locked || (answer && (answer->code == WIRE_CERT_EXPIRED || answer->code == WIRE_CERT_MISSING ||
                                        answer->code == WIRE_ORIGIN_DENIED));
}

/* Has the helper itself failed? Asking again would only make people wait again. */
static bool is_gone(const pin_try_t *tried)
{
    return tried->answer && (tried->answer->code == WIRE_TIMEOUT || tried->answer->code == WIRE_FAILED);
}

static bool is_usable(bool needed, bool there, int tries)
{
    return !needed || (there && tries != 0);
}

/* Is there a PIN to ask for? Who has begun keeps the form, to go on when the card is back. */
static bool can_go_on(const pin_need_t *need, const answer_t *now, bool begun)
{
    const answer_info_t *info = &now->info;

    if (!now->has_info || now->code != WIRE_OK) return begun && now->code != WIRE_PIN_BLOCKED;
    return is_usable(need->log_in, info->has_authentication, info->authentication_tries) &&
           is_usable(need->sign, info->has_signing, info->signing_tries);
}

static bool has_last_try(const pin_need_t *need, const answer_t *now, const pin_try_t *tried)
{
    if (tried->answer && tried->answer->code == WIRE_PIN_LOW) return true;
    return has_one_log_in(need, now) || has_one_signature(need, now);
}

/* What a helper may find, under the names that card.js looks for: those of the wire's codes; where there are two PINs,
 * the signing PIN's have SIGNING_ before them. */
static void put_troubles(const flow_request_t *request, page_map_t *view, const pin_need_t *need)
{
    static const wire_code_t codes[] = {
        WIRE_NO_SERVICE,      WIRE_NO_READER,    WIRE_NO_CARD,      WIRE_UNSUPPORTED_CARD, WIRE_BUSY,
        WIRE_PIN_BLOCKED,     WIRE_CERT_MISSING, WIRE_FILE_MISSING, WIRE_FILE_INVALID,     WIRE_ORIGIN_DENIED,
        WIRE_REQUEST_INVALID, WIRE_NO_PINENTRY,  WIRE_FAILED};
    page_list_t *list = page_put_list(view, VIEW_troubles);

    for (apr_size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        const char *name = wire_code_name(codes[i]);
        page_map_t *map = page_list_add(list);
        page_put_text(map, VIEW_code, span_of(name));
        page_put_text(map, VIEW_say, sentence_of(request, codes[i], REQUEST_AUTH, need->source));
        if (codes[i] != WIRE_PIN_BLOCKED && codes[i] != WIRE_CERT_MISSING) continue;
        map = page_list_add(list);
        page_put_text(map, VIEW_code, span_of(apr_pstrcat(request->pool, "SIGNING_", name, NULL)));
        page_put_text(map, VIEW_say, sentence_of(request, codes[i], REQUEST_SIGN, need->source));
    }
}

/* The page finds out by itself what is there, where that still matters. */
static apr_status_t put_question(const flow_request_t *request, page_map_t *view, const pin_need_t *need,
                                 pin_try_t *tried)
{
    span_t jws;
    apr_status_t status;

    if (tried->verdict) pin_put_refusals(request, view, need, tried->verdict);
    if (is_final(tried)) return APR_SUCCESS;
    status = helper_info_request(request, need->source, &jws);
    if (status != APR_SUCCESS) return status;
    page_put_text(view, VIEW_info_request, jws);
    put_troubles(request, view, need);
    page_put_flag(view, VIEW_needs_authentication, need->log_in);
    page_put_flag(view, VIEW_needs_signing, need->sign);
    page_put_flag(view, VIEW_form, true);
    return APR_SUCCESS;
}

apr_status_t pin_put(const flow_request_t *request, page_map_t *view, const pin_need_t *need, pin_try_t *tried)
{
    answer_t now = {.code = WIRE_FAILED, .tries = ANSWER_TRIES_UNKNOWN};
    bool last_try;

    page_put_flag(view, VIEW_file, need->source == REQUEST_FILE);
    page_put_flag(view, VIEW_kiosk, helper_is_kiosk(request));
    page_put_text(view, VIEW_forgotten, rules_message(request->rules, RULES_MESSAGE_PIN_FORGOTTEN));
    if (tried->receipt) page_put_text(view, VIEW_refusal, span_of(tried->receipt));
    if (!request->ports->helper) return APR_SUCCESS;
    if (!helper_is_kiosk(request)) return put_question(request, view, need, tried);
    if (!is_gone(tried)) {
        apr_status_t status = helper_info(request, need->source, &now);
        if (status != APR_SUCCESS) return status;
        if (!is_final(tried)) put_missing(request, view, need, tried, &now);
        put_card(request, view, need, &now);
    }
    last_try = has_last_try(need, &now, tried);
    if (last_try && !tried->verdict) put_last_try(request, view, need, &now);
    if (can_go_on(need, &now, tried->verdict != NULL) && !is_final(tried))
        put_form(request, view, need, last_try, tried->verdict);
    else if (tried->verdict)
        pin_put_refusals(request, view, need, tried->verdict);
    return APR_SUCCESS;
}

/* --- A try --- */

bool pin_accept(const flow_request_t *request, const pin_need_t *need, pin_try_t *tried)
{
    rules_verdict_t *verdict = apr_palloc(request->pool, sizeof *verdict);

    rules_eval(request->rules, need->form, need->typed, NULL, verdict, request->ports->log, request->pool);
    tried->verdict = verdict->finding_count > 0 ? verdict : NULL;
    return !tried->verdict;
}

static void refuse(const flow_request_t *request, pin_try_t *tried, rules_finding_t finding)
{
    tried->verdict = apr_palloc(request->pool, sizeof *tried->verdict);
    tried->verdict->findings[0] = finding;
    tried->verdict->finding_count = 1;
}

void pin_refuse(const flow_request_t *request, pin_try_t *tried, span_t rule, span_t sentence)
{
    refuse(request, tried, (rules_finding_t){RULES_NONE, rule, sentence});
}

/* The field where one goes on; none, where it isn't for what was typed in it. */
static uint32_t blamed_field(const flow_request_t *request, const pin_need_t *need, const helper_task_t *task)
{
    switch (task->answer.code) {
    case WIRE_PIN_LOW: return last_try_of(request, need);
    case WIRE_PIN_WRONG:
    case WIRE_PIN_FORM: return field_of(request, need, task->operation);
    default: return RULES_NONE;
    }
}

static void refuse_card(const flow_request_t *request, const pin_need_t *need, const helper_task_t *task,
                        pin_try_t *tried)
{
    const answer_t *answer = &task->answer;
    const uint32_t field = blamed_field(request, need, task);
    const char *rule = apr_pstrcat(request->pool, "card/", wire_code_name(answer->code), NULL);

    tried->answer = answer;
    tried->operation = task->operation;
    refuse(request, tried,
           (rules_finding_t){field, span_of(rule), helper_sentence(request, answer, task->operation, task->source)});
}

/* The gate stays shut: the server's own count, not the card's. */
static void refuse_gate(const flow_request_t *request, const door_t *door, pin_try_t *tried)
{
    tried->locked = door->permit.state == LIMIT_LOCKED;
    tried->receipt = door->permit.receipt;
    refuse(request, tried, door_finding(door, request, RULES_NONE, RULES_MESSAGE_CARD_PIN_BLOCKED));
}

typedef enum { PIN_AUTHENTICATION, PIN_SIGNING, PIN_FILE, PIN_LIMITS } pin_limit_t;

/* The limits' names in the rule file, and what pages say of them. */
static const struct {
    const char *name;
    page_key_t flag;
} limits[PIN_LIMITS] = {[PIN_AUTHENTICATION] = {"authentication-pin", VIEW_authentication},
                        [PIN_SIGNING] = {"signing-pin", VIEW_signing},
                        [PIN_FILE] = {"file-password", VIEW_file}};

static const char *limit_name(const helper_task_t *task)
{
    if (task->source == REQUEST_FILE) return limits[PIN_FILE].name;
    return limits[task->operation == REQUEST_SIGN ? PIN_SIGNING : PIN_AUTHENTICATION].name;
}

bool pin_limit_flag(span_t limit, page_key_t *flag)
{
    for (int i = 0; i < PIN_LIMITS; i++) {
        if (!span_is(limit, limits[i].name)) continue;
        *flag = limits[i].flag;
        return true;
    }
    return false;
}

/* A card counts by itself, whatever comes of its answer. A file doesn't: a password whose answer nobody has seen
 * becomes a failure in time. */
static bool is_unseen(const helper_task_t *task)
{
    return task->source == REQUEST_FILE && (task->answer.code == WIRE_TIMEOUT || task->answer.code == WIRE_FAILED);
}

/* The try was right, or cost nothing, or was wrong: the count follows the card. */
static apr_status_t settle(const flow_request_t *request, door_t *door, const helper_task_t *task)
{
    const answer_t *answer = &task->answer;
    store_unit_t *unit;
    apr_status_t status;

    if (answer->code == WIRE_PIN_WRONG) return door_fail(door, request);
    if (is_unseen(task)) return APR_SUCCESS;
    if (answer->code != WIRE_OK) return door_forget(door, request);
    status = store_open(&unit, request->ports->store, STORE_WRITE, request->pool);
    if (status == APR_SUCCESS) status = door_settle(door, request, unit);
    if (status == APR_SUCCESS) status = store_commit(unit);
    store_close(unit);
    return status;
}

apr_status_t pin_ask(const flow_request_t *request, const pin_need_t *need, helper_task_t *task, pin_try_t *tried)
{
    const uint32_t pin = field_of(request, need, task->operation), last = last_try_of(request, need);
    const bool last_try = last != RULES_NONE && need->typed[last].size > 0;
    door_t door;
    span_t holder;
    apr_status_t status = helper_info(request, need->source, &task->answer);

    if (status != APR_SUCCESS) return status;
    /* Whose tries would be counted? A helper that doesn't say gets no PIN. */
    if (task->answer.code == WIRE_OK && (pin == RULES_NONE || task->answer.info.holder.size == 0))
        task->answer.code = WIRE_FAILED;
    if (task->answer.code != WIRE_OK) {
        refuse_card(request, need, task, tried);
        return APR_SUCCESS;
    }
    holder = task->answer.info.holder;
    status = door_reserve(&door, request, limit_name(task), holder);
    if (status != APR_SUCCESS) return status;
    if (door.result != DOOR_OPEN) {
        refuse_gate(request, &door, tried);
        task->answer.code = WIRE_BUSY;
        return APR_SUCCESS;
    }
    helper_ask(request, task, need->typed[pin], last_try);
    /* Another card than the one whose tries are counted: nothing of it counts. */
    if (task->answer.holder.size > 0 && !span_equal(task->answer.holder, holder)) task->answer.code = WIRE_CARD_REMOVED;
    status = settle(request, &door, task);
    if (task->answer.code != WIRE_OK) refuse_card(request, need, task, tried);
    if (door.result == DOOR_WRONG && door.permit.state == LIMIT_LOCKED) refuse_gate(request, &door, tried);
    return status;
}
