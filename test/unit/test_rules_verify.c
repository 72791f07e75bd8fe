/* SPDX-License-Identifier: Apache-2.0
 *
 * Opening images that are cut off, or wrong in one place: refused, or safe to evaluate. The sanitizers watch.
 */
#include "test_rules_fixture.h"

#include "rules/layout.h"

#include <stdlib.h>

static const char rules_text[] =
    "notice n { from 2026-01-01 00:00; until 2026-01-02 00:00; say ja \"告\"; source \"x\" }\n"
    "choices colour { heading ja \"色\"; option red ja \"赤\"; option blue ja \"青\"; source \"x\" }\n"
    "choices size { option small ja \"小\"; source \"x\" }\n"
    "limit authentication-pin { count account 3 in 1 hour lock 1 hour, 2 hours, until counter\n count address 9 in 1 "
    "day lock 1 hour\n"
    "say locked ja \"{until}\"; say locked-counter ja \"窓\"; say busy ja \"待\"; source \"x\" }\n"
    "limit password { count account 1 since own success lock 1 minute\n"
    "say locked ja \"{until}\"; say locked-counter ja \"窓\"; say busy ja \"待\"; source \"x\" }\n"
    "lockout one-time-password { lasts 2 days; binds person; say ja \"{until}\"; source \"x\" }\n"
    "lockout re-registration { lasts 1 day; say ja \"{until}\"; source \"x\" }\n"
    "certificate registry ja \"法\" { open to sign\n revocation by nobody; source \"x\" }\n"
    "certificate jpki-signing ja \"署\" { open to sign\n revocation by list; fresh for 1 day; when unknown refuse\n"
    "source \"x\" }\n"
    "kind office { word ja \"社\"; level 3; signs with jpki-signing; source \"x\" }\n"
    "terms { version \"1\"; heading ja \"条\"; say ja \"約束\"; say ja \"続き\"; source \"x\" }\n"
    "refuse delete one { while received; say ja \"{count}\"; source \"x\" }\n"
    "refuse delete two { while examined; say ja \"{count}\"; source \"x\" }\n"
    "retain evidence { for 3653 days after delete; source \"x\" }\n"
    "form card.edit ja \"試験\" { for card; source \"x\"; section one ja \"一\" {\n"
    "show account.name ja \"氏名\" as date\n"
    "field code ja \"番\" { text digits; pattern \"[0-9]+\"; length 2..4; not in \"LIST\"; required }\n"
    "field some ja \"多\" { many colour }\n"
    "field pick ja \"選\" { select size }\n"
    "field when ja \"時\" { text any; required when (pick = small or some = blue) and not account.town = \"x\" }\n"
    "}\n section two ja \"二\" {\n"
    "field now ja \"今\" { secret; differs next }\n"
    "field next ja \"次\" { secret; equals now }\n"
    "all-or-none now, next\n"
    "} }\n"
    "form certificate.check ja \"二\" { source \"x\"; section one ja \"一\" { field tick ja \"印\" { checkbox ja "
    "\"はい\" } } }\n"
    "form corporate.edit ja \"三\" { like corporate.register; for card; source \"x\" }\n"
    "form corporate.register ja \"三\" { for card; source \"x\"; section one ja \"一\" {\n"
    "field p ja \"県\" { text any }\nfield m ja \"市\" { text any }\nfield t ja \"町\" { text any }\n"
    "field l ja \"番\" { text any }\nfield b ja \"方\" { text any }\nfield o ja \"外\" { checkbox ja \"はい\" }\n"
    "field z ja \"便\" { text post-code }\n"
    "address p, m, t, l, b\nsay address ja \"違\"; post-code z } }\n";

static span_t image;

static int begin(void **state)
{
    char *root;
    rules_compiled_t compiled;
    if (test_pool_make(state)) return -1;
    if (apr_filepath_get(&root, 0, *state) != APR_SUCCESS) return -1;
    const char *place = strstr(rules_text, "LIST");
    const char *text = apr_pstrcat(*state, apr_pstrmemdup(*state, rules_text, (apr_size_t)(place - rules_text)), root,
                                   "/rules/common-passwords.txt", place + 4, NULL);
    if (fixture_compile(&compiled, text, *state) != APR_SUCCESS) return -1;
    image = compiled.image;
    return 0;
}

static apr_size_t use_limits(const rules_t *rules, apr_pool_t *pool)
{
    static const record_pair_t until[] = {{SPAN("until"), SPAN("10時")}};
    apr_size_t sum = 0;
    for (uint32_t i = 0; i < rules_count(rules, RULES_LIMITS); i++) {
        const rules_limit_t *limit = rules_entry(rules, RULES_LIMITS, i);
        assert_ptr_equal(rules_limit(rules, rules_span(rules, limit->name)), limit);
        sum += rules_fill(rules_say(rules, &limit->locked), until, 1, pool).size;
        sum += rules_say(rules, &limit->locked_counter).size + rules_say(rules, &limit->busy).size;
        for (uint32_t j = 0; j < limit->count_count; j++) {
            const rules_count_t *count = rules_count_of(rules, limit, j);
            sum += rules_span(rules, count->rule).size + count->locks[count->lock_count - 1];
        }
    }
    for (uint32_t i = 0; i < rules_count(rules, RULES_LOCKOUTS); i++) {
        const rules_lockout_t *lockout = rules_entry(rules, RULES_LOCKOUTS, i);
        assert_ptr_equal(rules_lockout(rules, rules_span(rules, lockout->name)), lockout);
        sum += rules_fill(rules_say(rules, &lockout->say), until, 1, pool).size;
    }
    for (uint32_t i = 0; i < rules_count(rules, RULES_RETENTIONS); i++) {
        const rules_retention_t *retention = rules_entry(rules, RULES_RETENTIONS, i);
        assert_ptr_equal(rules_retention(rules, rules_span(rules, retention->name)), retention);
        sum += retention->lasts;
    }
    for (uint32_t i = 0; i < rules_count(rules, RULES_CERTIFICATES); i++) {
        const rules_certificate_t *certificate = rules_entry(rules, RULES_CERTIFICATES, i);
        assert_ptr_equal(rules_certificate(rules, rules_span(rules, certificate->name)), certificate);
        sum += rules_say(rules, &certificate->label).size + rules_span(rules, certificate->source).size;
    }
    return sum;
}

static apr_size_t use_terms(const rules_t *rules, apr_pool_t *pool)
{
    static const record_pair_t count[] = {{SPAN("count"), SPAN("3")}};
    apr_size_t sum = 0;
    const rules_terms_t *terms = rules_terms(rules);
    for (uint32_t i = 0; terms && i < terms->article_count; i++) {
        const rules_article_t *article = rules_article(rules, terms, i);
        sum += rules_say(rules, &article->heading).size + rules_say(rules, &article->text).size;
    }
    for (uint32_t i = 0; i < rules_count(rules, RULES_REFUSALS); i++) {
        const rules_refusal_t *refusal = rules_entry(rules, RULES_REFUSALS, i);
        sum += rules_fill(rules_say(rules, &refusal->say), count, 1, pool).size;
        sum += rules_span(rules, refusal->rule).size;
    }
    return sum;
}

/* Everything that a program does with an image. */
static void use(const rules_t *rules, apr_pool_t *pool)
{
    static const span_t typed_each[] = {SPAN(""), SPAN("12"), SPAN("blue red"), SPAN("yes"), SPAN("qwerty")};
    span_t facts[RULES_FACT_COUNT] = {[RULES_FACT_ACCOUNT_ADDRESS] = SPAN("1234")};
    apr_size_t sum = rules_span(rules, rules_city(rules)->id).size;
    for (uint32_t i = 0; i < RULES_MESSAGE_COUNT; i++) sum += rules_message(rules, (rules_message_t)i).size;
    sum += use_limits(rules, pool) + use_terms(rules, pool);
    for (uint32_t f = 0; f < rules_count(rules, RULES_FORMS); f++) {
        const rules_form_t *form = rules_entry(rules, RULES_FORMS, f);
        assert_ptr_equal(rules_form(rules, rules_span(rules, form->name)), form);
        for (uint32_t i = 0; i < form->section_count; i++) {
            const rules_section_t *section = rules_entry(rules, RULES_SECTIONS, form->first_section + i);
            for (uint32_t j = 0; j < section->item_count; j++) {
                const rules_item_t *item = rules_entry(rules, RULES_ITEMS, section->first_item + j);
                sum += rules_say(rules, &item->label).size;
            }
        }
        for (apr_size_t t = 0; t < sizeof typed_each / sizeof typed_each[0]; t++) {
            span_t typed[RULES_FIELDS_MAX];
            rules_verdict_t verdict;
            for (uint32_t i = 0; i < RULES_FIELDS_MAX; i++) typed[i] = typed_each[t];
            rules_eval(rules, form, typed, t ? facts : NULL, &verdict, NULL, pool);
            for (uint32_t i = 0; i < verdict.finding_count; i++) {
                const span_t message = verdict.findings[i].message;
                for (apr_size_t j = 0; j < message.size; j++) sum += (unsigned char)message.at[j];
            }
        }
    }
    assert_true(sum > 0);
}

/* A copy that the sanitizers know the end of. */
static char *copy_of(span_t bytes)
{
    char *copy = malloc(bytes.size ? bytes.size : 1);
    assert_non_null(copy);
    if (bytes.size) memcpy(copy, bytes.at, bytes.size);
    return copy;
}

static bool opens(char *bytes, apr_size_t size, apr_pool_t *parent)
{
    apr_pool_t *pool;
    rules_t *rules;
    const char *why = NULL;
    assert_int_equal(apr_pool_create(&pool, parent), APR_SUCCESS);
    apr_status_t status = rules_open(&rules, (span_t){bytes, size}, &why, pool);
    if (status == APR_SUCCESS) {
        use(rules, pool);
    } else {
        assert_int_equal(status, BASE_ECORRUPT);
        assert_non_null(why);
    }
    apr_pool_destroy(pool);
    return status == APR_SUCCESS;
}

static void set_hash(char *bytes, apr_size_t size)
{
    rules_header_t header;
    memcpy(&header, bytes, sizeof header);
    header.hash = rules_layout_hash((span_t){bytes, size});
    memcpy(bytes, &header, sizeof header);
}

static void the_right_one_opens(void **state)
{
    char *bytes = copy_of(image);
    assert_true(opens(bytes, image.size, *state));
    free(bytes);
}

static void every_wrong_byte_is_noticed(void **state)
{
    char *bytes = copy_of(image);
    for (apr_size_t i = 0; i < image.size; i += test_step()) {
        bytes[i] = (char)(bytes[i] ^ (1 << (i % 8)));
        assert_false(opens(bytes, image.size, *state));
        bytes[i] = image.at[i];
    }
    free(bytes);
}

static void every_length_is_noticed(void **state)
{
    for (apr_size_t size = 0; size < image.size; size += test_step()) {
        char *bytes = copy_of((span_t){image.at, size});
        assert_false(opens(bytes, size, *state));
        free(bytes);
    }
    char *longer = malloc(image.size + 8);
    assert_non_null(longer);
    memcpy(longer, image.at, image.size);
    memset(longer + image.size, 0, 8);
    assert_false(opens(longer, image.size + 8, *state));
    free(longer);
}

static void addresses_must_be_aligned(void **state)
{
    char *bytes = malloc(image.size + 8);
    assert_non_null(bytes);
    memcpy(bytes + 4, image.at, image.size);
    assert_false(opens(bytes + 4, image.size, *state));
    free(bytes);
}

/* The hash finds accidents only: with the right one, every number of every table is tried with values that lead
 * astray. */
static void wrong_numbers_lead_nowhere(void **state)
{
    static const uint32_t extremes[] = {0, 1, 2, 7, 63, 64, 0x7fffffff, 0x80000000, 0xfffffff8, 0xfffffffe, 0xffffffff};
    const rules_header_t *header = (const rules_header_t *)(const void *)image.at;
    uint32_t numbers_end = header->tables[RULES_STRINGS].offset;
    char *bytes = copy_of(image);
    int refused = 0;
    for (apr_size_t at = 0; at + 4 <= numbers_end; at += 4 * test_step()) {
        uint32_t right;
        memcpy(&right, image.at + at, 4);
        for (apr_size_t i = 0; i < sizeof extremes / sizeof extremes[0] + 2; i++) {
            uint32_t wrong = i < sizeof extremes / sizeof extremes[0] ? extremes[i] : right + (i & 1 ? 1 : UINT32_MAX);
            memcpy(bytes + at, &wrong, 4);
            set_hash(bytes, image.size);
            refused += opens(bytes, image.size, *state) ? 0 : 1;
        }
        memcpy(bytes + at, &right, 4);
    }
    assert_true(refused > 1000 / (int)test_step());
    free(bytes);
}

static void wrong_bytes_with_the_right_hash(void **state)
{
    char *bytes = copy_of(image);
    for (apr_size_t i = 0; i < image.size; i += test_step()) {
        bytes[i] = (char)(bytes[i] ^ (1 << (i * 5 % 8)));
        set_hash(bytes, image.size);
        opens(bytes, image.size, *state);
        bytes[i] = image.at[i];
    }
    free(bytes);
}

/* What the sanitizers can't see: images that would be evaluated, but not as their rules say. */
static void wrong_rules_are_refused(void **state)
{
    const rules_header_t *header = (const rules_header_t *)(const void *)image.at;
    char *bytes = copy_of(image);

#define AT(table_name, type, index) ((type *)(void *)(bytes + header->tables[table_name].offset) + (index))
#define REFUSED(...)                                                                                                   \
    __VA_ARGS__;                                                                                                       \
    set_hash(bytes, image.size);                                                                                       \
    assert_false(opens(bytes, image.size, *state));                                                                    \
    memcpy(bytes, image.at, image.size)

    REFUSED(AT(RULES_FIELDS, rules_field_t, 0)->control = RULES_CHECKBOX);
    REFUSED(AT(RULES_FIELDS, rules_field_t, 0)->check_count = 0);
    REFUSED(AT(RULES_FIELDS, rules_field_t, 1)->name = AT(RULES_FIELDS, rules_field_t, 0)->name);
    REFUSED(AT(RULES_FIELDS, rules_field_t, 0)->flags = 8);
    REFUSED(AT(RULES_FIELDS, rules_field_t, 0)->type = AT(RULES_FIELDS, rules_field_t, 0)->name);
    REFUSED(AT(RULES_ITEMS, rules_item_t, 1)->index = 1);
    REFUSED(AT(RULES_CHECKS, rules_check_t, 0)->kind = RULES_CHECK_MAX);
    REFUSED(AT(RULES_CODE, rules_word_t, 0)->op = RULES_OP_AND);
    REFUSED(AT(RULES_CODE, rules_word_t, 0)->a = 99);
    REFUSED(AT(RULES_FORMS, rules_form_t, 0)->kind = 2);
    REFUSED(AT(RULES_FORMS, rules_form_t, 0)->name = AT(RULES_FORMS, rules_form_t, 1)->name);
    REFUSED(AT(RULES_OPTIONS, rules_option_t, 0)->code.size = 0);
    REFUSED(AT(RULES_LIMITS, rules_limit_t, 0)->count_count = 1);
    REFUSED(AT(RULES_LIMITS, rules_limit_t, 1)->first_count = 1);
    REFUSED(AT(RULES_LIMITS, rules_limit_t, 1)->count_count = 0);
    REFUSED(AT(RULES_LIMITS, rules_limit_t, 0)->name = AT(RULES_LIMITS, rules_limit_t, 1)->name);
    REFUSED(AT(RULES_COUNTS, rules_count_t, 1)->rule = AT(RULES_COUNTS, rules_count_t, 0)->rule);
    REFUSED(AT(RULES_COUNTS, rules_count_t, 0)->rule.size--);
    REFUSED(AT(RULES_COUNTS, rules_count_t, 2)->rule = AT(RULES_COUNTS, rules_count_t, 0)->rule);
    REFUSED(AT(RULES_COUNTS, rules_count_t, 0)->per = 2);
    REFUSED(AT(RULES_COUNTS, rules_count_t, 1)->window = 0);
    REFUSED(AT(RULES_COUNTS, rules_count_t, 0)->threshold = 0);
    REFUSED(AT(RULES_COUNTS, rules_count_t, 0)->threshold = RULES_TRIES_MAX + 1);
    REFUSED(AT(RULES_COUNTS, rules_count_t, 0)->lock_count = 0);
    REFUSED(AT(RULES_COUNTS, rules_count_t, 0)->lock_count = 2);
    REFUSED(AT(RULES_COUNTS, rules_count_t, 0)->lock_count = RULES_LOCKS_MAX + 1);
    REFUSED(AT(RULES_COUNTS, rules_count_t, 0)->locks[0] = 0);
    REFUSED(AT(RULES_COUNTS, rules_count_t, 0)->locks[1] = 3599);
    REFUSED(AT(RULES_COUNTS, rules_count_t, 0)->locks[1] = RULES_LOCK_COUNTER);
    REFUSED(AT(RULES_COUNTS, rules_count_t, 0)->locks[3] = RULES_LOCK_COUNTER);
    REFUSED(AT(RULES_LOCKOUTS, rules_lockout_t, 0)->lasts = 0);
    REFUSED(AT(RULES_LOCKOUTS, rules_lockout_t, 0)->name = AT(RULES_LOCKOUTS, rules_lockout_t, 1)->name);
    REFUSED(AT(RULES_CERTIFICATES, rules_certificate_t, 0)->name = AT(RULES_LOCKOUTS, rules_lockout_t, 0)->name);
    REFUSED(AT(RULES_CERTIFICATES, rules_certificate_t, 1)->name =
                AT(RULES_CERTIFICATES, rules_certificate_t, 0)->name);
    REFUSED(AT(RULES_CERTIFICATES, rules_certificate_t, 0)->doors = 0);
    REFUSED(AT(RULES_CERTIFICATES, rules_certificate_t, 0)->doors = RULES_DOORS + 1);
    REFUSED(AT(RULES_CERTIFICATES, rules_certificate_t, 0)->revocation = RULES_REVOCATION_NOBODY);
    REFUSED(AT(RULES_CERTIFICATES, rules_certificate_t, 0)->revocation = RULES_REVOCATION_NOBODY + 1);
    REFUSED(AT(RULES_CERTIFICATES, rules_certificate_t, 0)->provisional = 2);
    REFUSED(AT(RULES_CERTIFICATES, rules_certificate_t, 1)->provisional = 0);
    REFUSED(AT(RULES_LISTS, rules_list_t, 0)->entry_count = 99999);
    REFUSED(AT(RULES_LOCKOUTS, rules_lockout_t, 0)->binds = RULES_BINDS_PERSON + 1);
    REFUSED(AT(RULES_KINDS, rules_kind_t, 1)->signs_with = AT(RULES_LOCKOUTS, rules_lockout_t, 0)->name);
    REFUSED(AT(RULES_KINDS, rules_kind_t, 1)->logs_in_with = AT(RULES_KINDS, rules_kind_t, 1)->signs_with);
    REFUSED(AT(RULES_CERTIFICATES, rules_certificate_t, 0)->doors = RULES_DOOR_LOG_IN);
    free(bytes);
}

static void wrong_terms_are_refused(void **state)
{
    const rules_header_t *header = (const rules_header_t *)(const void *)image.at;
    char *bytes = copy_of(image);

    REFUSED(AT(RULES_TERMS, rules_terms_t, 0)->version.size = 0);
    REFUSED(AT(RULES_TERMS, rules_terms_t, 0)->first_article = 1);
    REFUSED(AT(RULES_TERMS, rules_terms_t, 0)->article_count = 1);
    REFUSED(AT(RULES_TERMS, rules_terms_t, 0)->article_count = 3);
    REFUSED(AT(RULES_ARTICLES, rules_article_t, 1)->text = (rules_text_t){{0, 0}});
    REFUSED(AT(RULES_REFUSALS, rules_refusal_t, 0)->act = RULES_ACTS);
    REFUSED(AT(RULES_REFUSALS, rules_refusal_t, 0)->states = 0);
    REFUSED(AT(RULES_REFUSALS, rules_refusal_t, 0)->states = RULES_STATES + 1);
    REFUSED(AT(RULES_REFUSALS, rules_refusal_t, 0)->rule = (rules_ref_t){0, 0});
    REFUSED(AT(RULES_REFUSALS, rules_refusal_t, 0)->rule = AT(RULES_REFUSALS, rules_refusal_t, 1)->rule);
    REFUSED(AT(RULES_REFUSALS, rules_refusal_t, 0)->say = (rules_text_t){{0, 0}});
    REFUSED(AT(RULES_REFUSALS, rules_refusal_t, 1)->name = AT(RULES_REFUSALS, rules_refusal_t, 0)->name);
    REFUSED(AT(RULES_RETENTIONS, rules_retention_t, 0)->lasts = 0);
    free(bytes);
}

/* Form 3 has an address of its first five fields; the sixth is a checkbox, the seventh a post-code. */
static void wrong_addresses_are_refused(void **state)
{
    const rules_header_t *header = (const rules_header_t *)(const void *)image.at;
    char *bytes = copy_of(image);

    assert_int_equal(AT(RULES_FORMS, rules_form_t, 3)->field_count, 7);
    assert_int_equal(AT(RULES_FORMS, rules_form_t, 3)->post_code, 6);
    REFUSED(AT(RULES_FORMS, rules_form_t, 3)->address[4] = 5);
    REFUSED(AT(RULES_FORMS, rules_form_t, 3)->address[4] = 7);
    REFUSED(AT(RULES_FORMS, rules_form_t, 3)->address[4] = 0);
    REFUSED(AT(RULES_FORMS, rules_form_t, 3)->address[0] = RULES_NONE);
    REFUSED(AT(RULES_FORMS, rules_form_t, 3)->address_rule = (rules_ref_t){0, 0});
    REFUSED(AT(RULES_FORMS, rules_form_t, 3)->address_rule = AT(RULES_FORMS, rules_form_t, 2)->address_rule);
    REFUSED(AT(RULES_FORMS, rules_form_t, 3)->address_rule.size--);
    REFUSED(AT(RULES_FORMS, rules_form_t, 3)->address_say = (rules_text_t){{0, 0}});
    REFUSED(AT(RULES_FORMS, rules_form_t, 3)->kind = RULES_NONE);
    REFUSED(AT(RULES_FORMS, rules_form_t, 3)->post_code = 0);
    REFUSED(AT(RULES_FORMS, rules_form_t, 3)->post_code = 7);
    REFUSED(AT(RULES_FORMS, rules_form_t, 1)->address[2] = 0);
    REFUSED(AT(RULES_FORMS, rules_form_t, 1)->post_code = 0);
    REFUSED(AT(RULES_FORMS, rules_form_t, 1)->address_say = AT(RULES_FORMS, rules_form_t, 3)->address_say);
    free(bytes);
}

/* The header is no rule's. */
static void another_format_is_refused(void **state)
{
    char *bytes = copy_of(image);
    REFUSED(memcpy(bytes, "KWRULES!", 8));
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_right_one_opens),         cmocka_unit_test(every_wrong_byte_is_noticed),
        cmocka_unit_test(every_length_is_noticed),     cmocka_unit_test(addresses_must_be_aligned),
        cmocka_unit_test(wrong_numbers_lead_nowhere),  cmocka_unit_test(wrong_bytes_with_the_right_hash),
        cmocka_unit_test(wrong_rules_are_refused),     cmocka_unit_test(wrong_terms_are_refused),
        cmocka_unit_test(wrong_addresses_are_refused), cmocka_unit_test(another_format_is_refused),
    };
    return cmocka_run_group_tests_name("rules: verify", tests, begin, test_pool_drop);
}
