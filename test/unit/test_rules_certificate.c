/* SPDX-License-Identifier: Apache-2.0
 *
 * Certificates as compiled: doors, who is asked, what holds when nobody knows; and the sentences about them. What
 * mistakes are called: test/cases/bad-rules/certificates*.
 */
#include "test_rules_fixture.h"

static void assert_certificate(const rules_t *rules, const char *name, uint32_t doors, uint32_t revocation,
                               uint32_t fresh, uint32_t provisional)
{
    const rules_certificate_t *certificate = rules_certificate(rules, span_of(name));
    assert_non_null(certificate);
    assert_span(rules_span(rules, certificate->name), name);
    assert_int_equal(certificate->doors, doors);
    assert_int_equal(certificate->revocation, revocation);
    assert_int_equal(certificate->fresh, fresh);
    assert_int_equal(certificate->provisional, provisional);
}

/* No signing certificate logs in, no authentication certificate signs. */
static void the_city_has_all_three(void **state)
{
    rules_t *rules = fixture_open_city(*state);
    assert_int_equal(rules_count(rules, RULES_CERTIFICATES), 3);
    assert_certificate(rules, "jpki-signing", RULES_DOOR_SIGN, RULES_REVOCATION_LIST, 2 * 86400, 0);
    assert_certificate(rules, "jpki-authentication", RULES_DOOR_LOG_IN, RULES_REVOCATION_LIST, 2 * 86400, 0);
    assert_certificate(rules, "registry", RULES_DOOR_LOG_IN | RULES_DOOR_SIGN, RULES_REVOCATION_LIST, 2 * 86400, 0);
    assert_span(rules_say(rules, &rules_certificate(rules, SPAN("jpki-signing"))->label), "署名用電子証明書");
    assert_span(rules_span(rules, rules_certificate(rules, SPAN("registry"))->source), "000 2.4.2, city decision");
}

static void what_is_said_is_written(void **state)
{
    rules_t *rules = fixture_open(
        "certificate registry ja \"法\" { open to sign\n revocation by nobody; source \"x\" }\n"
        "certificate jpki-signing ja \"署\" { open to sign, log-in\n revocation by responder; fresh for 1 second\n"
        "when unknown accept; source \"x\" }\n",
        *state);
    assert_certificate(rules, "jpki-signing", RULES_DOORS, RULES_REVOCATION_RESPONDER, 1, 1);
    /* Who asks nobody accepts without knowing, and that is said. */
    assert_certificate(rules, "registry", RULES_DOOR_SIGN, RULES_REVOCATION_NOBODY, 0, 1);
    assert_null(rules_certificate(rules, SPAN("jpki-authentication")));
    assert_null(rules_certificate(rules, SPAN("")));
}

static void a_city_replaces_one(void **state)
{
    rules_t *rules = fixture_open(
        "certificate registry ja \"法\" { open to sign\n revocation by list; fresh for 1 hour; when unknown accept\n"
        "source \"x\" }\n"
        "replace certificate registry ja \"新\" { open to log-in\n revocation by list; when unknown refuse\n"
        "source \"y\" }\n",
        *state);
    assert_int_equal(rules_count(rules, RULES_CERTIFICATES), 1);
    assert_certificate(rules, "registry", RULES_DOOR_LOG_IN, RULES_REVOCATION_LIST, 0, 0);
}

static void sentences_are_filled_in(void **state)
{
    rules_t *rules = fixture_open_city(*state);
    const record_pair_t revoked[] = {{SPAN("at"), SPAN("4月3日")}, {SPAN("reason"), SPAN("紛失")}};
    const record_pair_t tries[] = {{SPAN("tries"), SPAN("2")}};
    span_t said = rules_fill(rules_message(rules, RULES_MESSAGE_CERT_REVOKED), revoked, 2, *state);
    assert_non_null(strstr(span_text(*state, said), "4月3日"));
    assert_non_null(strstr(span_text(*state, said), "紛失"));
    said = rules_fill(rules_message(rules, RULES_MESSAGE_CARD_PIN_WRONG), tries, 1, *state);
    assert_non_null(strstr(span_text(*state, said), "あと2回"));
    assert_null(strchr(span_text(*state, said), '{'));
}

/* Only these sentences have them, and the tries that are left can't be left out. */
static void placeholders_belong_to_their_sentences(void **state)
{
    rules_compiled_t compiled;
    const char *wrong = "replace messages { source \"x\"\n say card-removed ja \"{tries}\"\n"
                        " say card-pin-wrong ja \"違います\"\n say cert-expired ja \"{at}\" }\n";
    assert_int_equal(fixture_compile(&compiled, wrong, *state), BASE_EMALFORMED);
    assert_int_equal(compiled.mistakes->nelts, 3);
    assert_non_null(strstr(fixture_mistake(&compiled, 0, *state), "nothing fills '{tries}'"));
    assert_non_null(strstr(fixture_mistake(&compiled, 1, *state), "this sentence must hold {tries}"));
    assert_non_null(strstr(fixture_mistake(&compiled, 2, *state), "nothing fills '{at}'"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_city_has_all_three),
        cmocka_unit_test(what_is_said_is_written),
        cmocka_unit_test(a_city_replaces_one),
        cmocka_unit_test(sentences_are_filled_in),
        cmocka_unit_test(placeholders_belong_to_their_sentences),
    };
    return cmocka_run_group_tests_name("rules: certificate", tests, test_pool_make, test_pool_drop);
}
