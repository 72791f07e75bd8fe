/* SPDX-License-Identifier: Apache-2.0
 *
 * Addresses in forms: what is compared, beside which fields a difference is said, when nothing is; and forms that are
 * like another one. When two addresses are the same: test_text_match.c.
 */
#include "test_rules_fixture.h"

static const char rules_text[] =
    "choices prefecture { empty ja \"選択\"; option \"東京都\"; option \"神奈川県\"; source \"x\" }\n"
    "form card.edit ja \"住所\" { for card; source \"x\"; section one ja \"一\" {\n"
    "field tick ja \"印\" { checkbox ja \"はい\" }\n"
    "field code ja \"便\" { text post-code }\n"
    "field town ja \"町\" { text full-width; length 1..20 }\n"
    "field prefecture ja \"県\" { select prefecture; preset \"神奈川県\" }\n"
    "field municipality ja \"市\" { text full-width }\n"
    "field lot ja \"番\" { text full-width }\n"
    "field building ja \"方\" { text full-width }\n"
    "address prefecture, municipality, town, lot, building\n"
    "say address ja \"{label}の住所が違います。\"; post-code code } }\n"
    "form corporate.edit ja \"同\" { like card.edit; for card; source \"x\"\n"
    "section two ja \"二\" { field more ja \"別\" { text any; required when tick = yes and prefecture = \"東京都\" } } "
    "}\n"
    "form corporate.register ja \"同\" { like card.edit; for card; source \"x\" }\n"
    "form jpki.edit ja \"無\" { for card; source \"x\"; section one ja \"一\" { field more ja \"別\" { text any } } "
    "}\n";

typedef struct {
    rules_t *rules;
    const rules_form_t *form;
    span_t typed[RULES_FIELDS_MAX], facts[RULES_FACT_COUNT];
    apr_pool_t *pool;
} desk_t;

static desk_t desk;

static int begin(void **state)
{
    if (test_pool_make(state)) return -1;
    desk.pool = *state;
    desk.rules = fixture_open(rules_text, desk.pool);
    return 0;
}

static void type(const char *field, const char *value)
{
    uint32_t index = rules_field_index(desk.rules, desk.form, span_of(field));
    assert_int_not_equal(index, RULES_NONE);
    desk.typed[index] = span_of(value);
}

/* Before each test: an address, typed as the certificate has it. */
static int clear(void **state)
{
    (void)state;
    desk.form = rules_form(desk.rules, SPAN("card.edit"));
    memset(desk.typed, 0, sizeof desk.typed);
    memset(desk.facts, 0, sizeof desk.facts);
    type("prefecture", "神奈川県");
    type("municipality", "川崎市川崎区");
    type("town", "旭町1丁目");
    type("lot", "3-3");
    type("building", "コーポ旭101");
    desk.facts[RULES_FACT_ACCOUNT_ADDRESS] = SPAN("神奈川県川崎市川崎区旭町１丁目３番３号コーポ旭１０１号室");
    return 0;
}

/* All that is found, as "field rule", a comma between. */
static void assert_found(const span_t *facts, const char *expected)
{
    rules_verdict_t verdict;
    const char *found = "";
    rules_eval(desk.rules, desk.form, desk.typed, facts, &verdict, NULL, desk.pool);
    for (uint32_t i = 0; i < verdict.finding_count; i++) {
        const rules_finding_t *finding = &verdict.findings[i];
        span_t name = rules_span(desk.rules, rules_field(desk.rules, desk.form, finding->field)->name);
        found = apr_pstrcat(desk.pool, found, i ? ", " : "", span_text(desk.pool, name), " ",
                            span_text(desk.pool, finding->rule), NULL);
    }
    assert_string_equal(found, expected);
}

static void notation_is_no_difference(void **state)
{
    (void)state;
    assert_found(desk.facts, "");
    type("town", "旭町一丁目");
    assert_found(desk.facts, "");
    desk.facts[RULES_FACT_ACCOUNT_ADDRESS] = SPAN("川崎市川崎区旭町１丁目３番３号コーポ旭１０１号室");
    assert_found(desk.facts, "");
}

static void every_strange_part_is_pointed_at(void **state)
{
    (void)state;
    type("building", "コーポ旭102");
    assert_found(desk.facts, "building card.edit/address");
    type("town", "旭町11丁目");
    assert_found(desk.facts, "town card.edit/address, building card.edit/address");
    type("prefecture", "東京都");
    assert_found(desk.facts, "town card.edit/address, prefecture card.edit/address, building card.edit/address");
}

/* The finding stands in the form's order, with its sentence. */
static void it_stands_among_the_others(void **state)
{
    (void)state;
    rules_verdict_t verdict;
    type("tick", "no");
    type("lot", "3-4");
    assert_found(desk.facts, "tick card.edit/tick/choice, lot card.edit/address");
    rules_eval(desk.rules, desk.form, desk.typed, desk.facts, &verdict, NULL, desk.pool);
    assert_span(verdict.findings[1].message, "番の住所が違います。");
}

static void a_wrong_part_has_the_word(void **state)
{
    (void)state;
    type("town", "あいうえおかきくけこさしすせそたちつてとな");
    assert_found(desk.facts, "town card.edit/town/max");
    type("prefecture", "京都府");
    assert_found(desk.facts, "town card.edit/town/max, prefecture card.edit/prefecture/choice");
}

static void without_facts_nothing_is_compared(void **state)
{
    (void)state;
    type("town", "本町");
    assert_found(NULL, "");
}

/* Nobody's address is like none. */
static void an_empty_address_never_matches(void **state)
{
    (void)state;
    desk.facts[RULES_FACT_ACCOUNT_ADDRESS] = SPAN("");
    /* The prefecture may be left out. */
    assert_found(
        desk.facts,
        "town card.edit/address, municipality card.edit/address, lot card.edit/address, building card.edit/address");
    memset(desk.typed, 0, sizeof desk.typed);
    assert_found(desk.facts, "prefecture card.edit/address"); /* no part differs: the first one says it */
    desk.facts[RULES_FACT_ACCOUNT_ADDRESS] = SPAN("川崎市川崎区旭町１丁目３番３号");
    assert_found(desk.facts, "town card.edit/address, prefecture card.edit/address, municipality card.edit/address, "
                             "lot card.edit/address, building card.edit/address");
}

static void substituted_characters_match(void **state)
{
    (void)state;
    type("town", "辻町");
    desk.facts[RULES_FACT_ACCOUNT_ADDRESS] = SPAN("川崎市川崎区ツ町３番３号コーポ旭１０１");
    assert_found(desk.facts, "town card.edit/address");
    desk.facts[RULES_FACT_ACCOUNT_ADDRESS_SUBSTITUTED] = SPAN("0000001000000000000");
    assert_found(desk.facts, "");
    desk.facts[RULES_FACT_ACCOUNT_ADDRESS_SUBSTITUTED] = SPAN("1");
    assert_found(desk.facts, "town card.edit/address");
}

static void fields_are_known_by_their_index(void **state)
{
    (void)state;
    static const uint32_t expected[RULES_ADDRESS] = {3, 4, 2, 5, 6};
    const rules_form_t *none = rules_form(desk.rules, SPAN("jpki.edit"));
    assert_memory_equal(desk.form->address, expected, sizeof expected);
    assert_int_equal(desk.form->post_code, 1);
    for (uint32_t i = 0; i < RULES_ADDRESS; i++) assert_int_equal(none->address[i], RULES_NONE);
    assert_int_equal(none->post_code, RULES_NONE);
    assert_int_equal(none->address_rule.size, 0);
}

/* --- Forms that are like another one ------------------------------------------------------------------------------ */

static void a_form_has_the_sections_of_the_other(void **state)
{
    (void)state;
    const rules_form_t *first = desk.form, *like = rules_form(desk.rules, SPAN("corporate.edit"));
    assert_int_equal(like->section_count, 2);
    assert_int_equal(like->field_count, first->field_count + 1);
    assert_int_not_equal(like->first_field, first->first_field);
    assert_memory_equal(like->address, first->address, sizeof like->address);
    assert_int_equal(like->post_code, first->post_code);
    assert_int_equal(rules_field_index(desk.rules, like, SPAN("more")), 7);
    assert_int_equal(rules_form(desk.rules, SPAN("corporate.register"))->field_count, first->field_count);
    assert_int_equal(rules_field_index(desk.rules, first, SPAN("more")), RULES_NONE);
}

static void its_rules_have_its_own_name(void **state)
{
    (void)state;
    desk.form = rules_form(desk.rules, SPAN("corporate.edit"));
    type("tick", "yes");
    type("prefecture", "東京都");
    assert_found(desk.facts, "prefecture corporate.edit/address, more corporate.edit/more/required-when");
    type("lot", "あいうえ한");
    assert_found(desk.facts, "lot corporate.edit/lot/text, more corporate.edit/more/required-when");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(notation_is_no_difference, clear),
        cmocka_unit_test_setup(every_strange_part_is_pointed_at, clear),
        cmocka_unit_test_setup(it_stands_among_the_others, clear),
        cmocka_unit_test_setup(a_wrong_part_has_the_word, clear),
        cmocka_unit_test_setup(without_facts_nothing_is_compared, clear),
        cmocka_unit_test_setup(an_empty_address_never_matches, clear),
        cmocka_unit_test_setup(substituted_characters_match, clear),
        cmocka_unit_test_setup(fields_are_known_by_their_index, clear),
        cmocka_unit_test_setup(a_form_has_the_sections_of_the_other, clear),
        cmocka_unit_test_setup(its_rules_have_its_own_name, clear),
    };
    return cmocka_run_group_tests_name("rules: address", tests, begin, test_pool_drop);
}
