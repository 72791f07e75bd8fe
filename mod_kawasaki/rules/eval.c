/* SPDX-License-Identifier: Apache-2.0
 *
 * Evaluating a form: normalise all values, test each field by itself, then the fields against each other, then the
 * address. Nothing here allocates but a normaliser that changes something, one matcher for a form with patterns, and
 * the comparison of an address and what is said of it.
 */
#include "rules/eval_address.h"
#include "rules/many.h"
#include "rules/open.h"

typedef struct {
    const rules_t *rules;
    const rules_form_t *form;
    const span_t *facts; /* or NULL */
    rules_verdict_t *verdict;
    const log_port_t *log;
    apr_pool_t *pool;
    matcher_t *matcher;                            /* made by the first pattern */
    bool wrong[RULES_FIELDS_MAX];                  /* nobody could normalise what was typed */
    const rules_check_t *failed[RULES_FIELDS_MAX]; /* the first check that failed, NULL for none */
    bool strange[RULES_FIELDS_MAX];                /* a part of the address that is another one's */
} run_t;

/* --- Normalising ---------------------------------------------------------------------------------------------------
 */

static bool accept_input(const run_t *run, const text_type_t *type, span_t typed, span_t *value)
{
    if (type->accept(run->pool, typed, value) == TEXT_OK) return true;
    *value = typed;
    return false;
}

/* A secret stays as it was typed: not even its normal form may lie about in a pool. */
static bool accept_secret(const run_t *run, const text_type_t *type, span_t typed)
{
    span_t ignored;
    if (typed.size > RULES_SECRET_MAX || !text_is_clean(typed)) return false;
    return !type || (type->accept(run->pool, typed, &ignored) == TEXT_OK && ignored.size > 0);
}

static bool normalise(const run_t *run, uint32_t i, span_t typed, span_t *value)
{
    uint32_t index = run->form->first_field + i;
    const rules_field_t *field = &RULES_TABLE(run->rules, RULES_FIELDS, rules_field_t)[index];
    const rules_choices_t *choices = RULES_TABLE(run->rules, RULES_CHOICES, rules_choices_t);
    *value = typed.size ? typed : (span_t){"", 0}; /* what is missing has no address */
    if (typed.size == 0) return true;
    switch (field->control) {
    case RULES_INPUT: return accept_input(run, run->rules->types[index], typed, value);
    case RULES_SECRET: return accept_secret(run, run->rules->types[index], typed);
    case RULES_CHECKBOX: return span_is(typed, "yes");
    case RULES_SELECT: return rules_many_find(run->rules, &choices[field->choices], typed) != RULES_NONE;
    default: return rules_many_order(run->rules, &choices[field->choices], typed, value, run->pool);
    }
}

/* --- Conditions ----------------------------------------------------------------------------------------------------
 */

static span_t value_of(const run_t *run, uint32_t field)
{
    return run->verdict->values[field - run->form->first_field];
}

static span_t fact_of(const run_t *run, uint32_t fact)
{
    return run->facts ? run->facts[fact] : (span_t){"", 0};
}

/* Depth, types and indexes were verified: verify_check.c. */
static bool holds(const run_t *run, const rules_word_t *word, uint32_t count)
{
    const rules_ref_t *entries = RULES_TABLE(run->rules, RULES_ENTRIES, rules_ref_t);
    union {
        span_t value;
        bool truth;
    } stack[RULES_STACK_MAX], *top = stack; /* top: the first free one */
    for (const rules_word_t *end = word + count; word < end; word++) {
        switch (word->op) {
        case RULES_OP_FIELD: top++->value = value_of(run, word->a); continue;
        case RULES_OP_FACT: top++->value = fact_of(run, word->a); continue;
        case RULES_OP_STRING: top++->value = rules_span(run->rules, entries[word->a]); continue;
        case RULES_OP_NOT: top[-1].truth = !top[-1].truth; continue;
        default: top--; break;
        }
        switch (word->op) {
        case RULES_OP_EQUAL: top[-1].truth = span_equal(top[-1].value, top[0].value); break;
        case RULES_OP_UNEQUAL: top[-1].truth = !span_equal(top[-1].value, top[0].value); break;
        case RULES_OP_HAS: top[-1].truth = rules_many_has(top[-1].value, top[0].value); break;
        case RULES_OP_AND: top[-1].truth = top[-1].truth && top[0].truth; break;
        default: top[-1].truth = top[-1].truth || top[0].truth; break;
        }
    }
    return stack[0].truth;
}

static bool any_filled(const run_t *run, const rules_word_t *word, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (value_of(run, word[i].a).size) return true;
    }
    return false;
}

/* --- Checks ----------------------------------------------------------------------------------------------------------
 */

static int lower(char c)
{
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

/* The entry is in lower case; the value is compared as if it were, without a copy. */
static int entry_order(span_t value, span_t entry)
{
    for (apr_size_t i = 0; i < value.size && i < entry.size; i++) {
        int order = lower(value.at[i]) - (unsigned char)entry.at[i];
        if (order) return order;
    }
    return (value.size > entry.size) - (value.size < entry.size);
}

static bool is_in_list(const rules_t *rules, const rules_list_t *list, span_t value)
{
    const rules_ref_t *entries = RULES_TABLE(rules, RULES_ENTRIES, rules_ref_t) + list->first_entry;
    uint32_t low = 0, high = list->entry_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = entry_order(value, rules_span(rules, entries[middle]));
        if (order == 0) return true;
        if (order < 0) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return false;
}

static bool matches(run_t *run, const rules_check_t *check, span_t value)
{
    if (!run->matcher) run->matcher = rules_matcher(run->pool);
    pattern_result_t result = rules_pattern_match(run->rules->patterns[check->a], run->matcher, value);
    if (result == PATTERN_LIMIT) {
        base_log(run->log, LOG_PORT_WARNING, 0, "KW-EVAL-001", "%s: the pattern took too many steps; refused",
                 span_text(run->pool, rules_span(run->rules, check->rule)));
    }
    return result == PATTERN_MATCHES;
}

/* What a field's value must be by itself. */
static bool passes(run_t *run, uint32_t i, const rules_check_t *check)
{
    span_t value = run->verdict->values[i];
    const rules_word_t *words = RULES_TABLE(run->rules, RULES_CODE, rules_word_t) + check->a;
    switch (check->kind) {
    case RULES_CHECK_REQUIRED: return value.size > 0;
    case RULES_CHECK_REQUIRED_WHEN: return value.size > 0 || !holds(run, words, check->b);
    case RULES_CHECK_ALL_OR_NONE: return value.size > 0 || !any_filled(run, words, check->b);
    default: break;
    }
    if (value.size == 0) return true;
    switch (check->kind) {
    case RULES_CHECK_TEXT:
    case RULES_CHECK_ONE_OF: return !run->wrong[i];
    case RULES_CHECK_MIN: return text_length(value) >= check->a;
    /* A character is a byte at least: most values need no counting. */
    case RULES_CHECK_MAX: return value.size <= check->a || text_length(value) <= check->a;
    case RULES_CHECK_PATTERN: return matches(run, check, value);
    case RULES_CHECK_NOT_IN:
        return !is_in_list(run->rules, &RULES_TABLE(run->rules, RULES_LISTS, rules_list_t)[check->a], value);
    default: return true;
    }
}

/* What a field's value must be beside another's. While that one is wrong itself, it says so, and that is enough. */
static bool agrees(const run_t *run, uint32_t i, const rules_check_t *check, const bool *refused)
{
    uint32_t other = check->a - run->form->first_field;
    span_t value = run->verdict->values[i], beside = run->verdict->values[other];
    if (refused[other]) return true;
    bool equal = span_equal(value, beside);
    return check->kind == RULES_CHECK_EQUALS ? equal : !equal || value.size == 0;
}

static bool compares(const rules_check_t *check)
{
    return check->kind == RULES_CHECK_EQUALS || check->kind == RULES_CHECK_DIFFERS;
}

static void test_alone(run_t *run, uint32_t i)
{
    const rules_field_t *field = rules_field(run->rules, run->form, i);
    const rules_check_t *check = RULES_TABLE(run->rules, RULES_CHECKS, rules_check_t) + field->first_check;
    for (const rules_check_t *end = check + field->check_count; check < end && !compares(check); check++) {
        if (passes(run, i, check)) continue;
        run->failed[i] = check;
        return;
    }
}

static void test_beside(run_t *run, uint32_t i, const bool *refused)
{
    const rules_field_t *field = rules_field(run->rules, run->form, i);
    const rules_check_t *first = RULES_TABLE(run->rules, RULES_CHECKS, rules_check_t) + field->first_check;
    /* They stand last: from there to the front, so that the first of them has the word. */
    for (const rules_check_t *check = first + field->check_count; check > first && compares(check - 1); check--) {
        if (!agrees(run, i, check - 1, refused)) run->failed[i] = check - 1;
    }
}

/* While a part is wrong itself, it says so, and that is enough. */
static void test_address(run_t *run)
{
    const rules_form_t *form = run->form;
    bool differs[RULES_ADDRESS];
    if (!run->facts || form->address[0] == RULES_NONE) return;
    for (uint32_t i = 0; i < RULES_ADDRESS; i++) {
        if (run->failed[form->address[i]]) return;
    }
    if (!rules_address_differs(form, run->verdict->values, run->facts, differs, run->pool)) return;
    for (uint32_t i = 0; i < RULES_ADDRESS; i++) run->strange[form->address[i]] = differs[i];
}

static rules_finding_t finding_of_address(const run_t *run, uint32_t i)
{
    const record_pair_t label = {SPAN("label"), rules_say(run->rules, &rules_field(run->rules, run->form, i)->label)};
    return (rules_finding_t){i, rules_span(run->rules, run->form->address_rule),
                             rules_fill(rules_say(run->rules, &run->form->address_say), &label, 1, run->pool)};
}

static void gather(const run_t *run)
{
    rules_verdict_t *verdict = run->verdict;
    verdict->finding_count = 0;
    for (uint32_t i = 0; i < run->form->field_count; i++) {
        const rules_check_t *check = run->failed[i];
        if (run->strange[i]) verdict->findings[verdict->finding_count++] = finding_of_address(run, i);
        if (!check) continue;
        verdict->findings[verdict->finding_count++] =
            (rules_finding_t){i, rules_span(run->rules, check->rule), rules_say(run->rules, &check->say)};
    }
}

void rules_eval(const rules_t *rules, const rules_form_t *form, const span_t *typed, const span_t *facts,
                rules_verdict_t *verdict, const log_port_t *log, apr_pool_t *pool)
{
    run_t run = {.rules = rules, .form = form, .facts = facts, .verdict = verdict, .log = log, .pool = pool};
    bool refused[RULES_FIELDS_MAX];
    for (uint32_t i = 0; i < form->field_count; i++) run.wrong[i] = !normalise(&run, i, typed[i], &verdict->values[i]);
    for (uint32_t i = 0; i < form->field_count; i++) test_alone(&run, i);
    /* Taken down once, so that the order of fields that compare with each other makes no difference. */
    for (uint32_t i = 0; i < form->field_count; i++) refused[i] = run.failed[i] != NULL;
    for (uint32_t i = 0; i < form->field_count; i++) {
        if (!refused[i]) test_beside(&run, i, refused);
    }
    test_address(&run);
    gather(&run);
}
