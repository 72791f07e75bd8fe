/* SPDX-License-Identifier: Apache-2.0
 *
 * flow/certificate: which certificate may through which door under which rules, with real certificates and lists; and
 * what residents and the log are told.
 */
#include "flow/certificate.h"
#include "kiosk.h"
#include "test.h"

#define REPLACE_SIGN "replace certificate jpki-signing ja \"署名用\" { open to sign\n source \"test\"\n"

static kiosk_t kiosk;
static certificate_verdict_t verdict;

static int make(void **state)
{
    *state = &kiosk;
    return kiosk_make(&kiosk, "") ? 0 : -1;
}

/* --- Rules and certificates --- */

static const rules_t *rules_with(const char *more)
{
    return kiosk_rules(&kiosk, KIOSK_CITY_RULES, more);
}

static flow_request_t request_with(const rules_t *rules)
{
    flow_request_t request = kiosk_request(&kiosk, NULL, "");
    request.rules = rules;
    return request;
}

static cert_code_t judge(const rules_t *rules, const char *name, rules_door_t door)
{
    const flow_request_t request = request_with(rules);

    certificate_judge(&request, kiosk_certificate(&kiosk, name), door, &verdict);
    return verdict.code;
}

static const char *said(const rules_t *rules)
{
    const flow_request_t request = request_with(rules);
    return span_text(kiosk.pool, certificate_sentence(&request, &verdict));
}

static int lines_of_log(void)
{
    int lines = 0;
    for (const char *at = kiosk.database.log; (at = strchr(at, '\n')); at++) lines++;
    return lines;
}

/* --- Doors --- */

/* The rules are below the room that reads certificates: the names are held equal here. */
static void the_rules_know_every_kind(void **state)
{
#define CERTIFICATE_NAME(name) name,
    static const char *const names[] = {RULES_CERTIFICATES_LIST(CERTIFICATE_NAME)};

    (void)state;
    assert_int_equal(sizeof names / sizeof *names, CERT_KINDS);
    for (int kind = 0; kind < CERT_KINDS; kind++) assert_string_equal(cert_kind_name((cert_kind_t)kind), names[kind]);
}

static void each_opens_its_own_door(void **state)
{
    (void)state;
    assert_int_equal(judge(kiosk.rules, "card/auth", RULES_DOOR_LOG_IN), CERT_OK);
    assert_false(verdict.provisional);
    assert_true(span_is(verdict.rule, "certificate.jpki-authentication"));
    assert_int_equal(judge(kiosk.rules, "card/sign", RULES_DOOR_SIGN), CERT_OK);
    assert_int_equal(judge(kiosk.rules, "company/company", RULES_DOOR_LOG_IN), CERT_OK);
    assert_int_equal(judge(kiosk.rules, "company/company", RULES_DOOR_SIGN), CERT_OK);
    assert_int_equal(lines_of_log(), 0);
}

static void no_other_door_opens(void **state)
{
    (void)state;
    assert_int_equal(judge(kiosk.rules, "card/auth", RULES_DOOR_SIGN), CERT_WRONG_PURPOSE);
    assert_int_equal(judge(kiosk.rules, "card/sign", RULES_DOOR_LOG_IN), CERT_WRONG_PURPOSE);
    assert_true(span_is(verdict.rule, "certificate.jpki-signing"));
    assert_string_equal(kiosk.database.log,
                        "KW-CERTIFICATE-001 certificate.jpki-authentication is refused: wrong-purpose\n"
                        "KW-CERTIFICATE-001 certificate.jpki-signing is refused: wrong-purpose\n");
}

static void without_a_rule_none_opens(void **state)
{
    const rules_t *rules = kiosk_rules(&kiosk, KIOSK_OTHER_RULES, "");

    (void)state;
    assert_int_equal(judge(rules, "card/auth", RULES_DOOR_LOG_IN), CERT_WRONG_PURPOSE);
    assert_int_equal(judge(rules, "card/sign", RULES_DOOR_SIGN), CERT_WRONG_PURPOSE);
    assert_int_equal(judge(rules, "company/company", RULES_DOOR_SIGN), CERT_WRONG_PURPOSE);
}

/* --- Authorities and revocation --- */

static void nobody_is_believed_unconfigured(void **state)
{
    (void)state;
    kiosk.ports.certificates = NULL;
    assert_int_equal(judge(kiosk.rules, "card/auth", RULES_DOOR_LOG_IN), CERT_UNKNOWN_CA);
    assert_int_equal(lines_of_log(), 1);
}

static void a_revoked_one_is_told_when_and_why(void **state)
{
    const rules_t *lenient = rules_with(REPLACE_SIGN " revocation by list; fresh for 2 days; when unknown accept }\n");

    (void)state;
    assert_int_equal(judge(kiosk.rules, "person/revoked", RULES_DOOR_SIGN), CERT_REVOKED);
    assert_non_null(strstr(said(kiosk.rules), "ほかの人に使われるおそれがあるため"));
    assert_non_null(strstr(said(kiosk.rules), "(令和"));
    assert_null(strchr(said(kiosk.rules), '{'));
    /* What is known is never provisional. */
    assert_int_equal(judge(lenient, "person/revoked", RULES_DOOR_SIGN), CERT_REVOKED);
    assert_false(verdict.provisional);
    assert_null(strstr(kiosk.database.log, "太郎"));
}

static void the_unknown_is_refused(void **state)
{
    const flow_certificates_t no_lists = {kiosk.known.trust, NULL, NULL};

    (void)state;
    kiosk.ports.certificates = &no_lists;
    assert_int_equal(judge(kiosk.rules, "card/sign", RULES_DOOR_SIGN), CERT_LIST_STALE);
    assert_false(verdict.provisional);
    assert_string_equal(kiosk.database.log, "KW-CERTIFICATE-001 certificate.jpki-signing is refused: list-stale\n");
    assert_int_equal(judge(rules_with(REPLACE_SIGN "revocation by responder; when unknown refuse }\n"), "card/sign",
                           RULES_DOOR_SIGN),
                     CERT_UNREACHABLE);
}

static void unless_the_rules_accept_it(void **state)
{
    const flow_certificates_t no_lists = {kiosk.known.trust, NULL, NULL};
    const rules_t *rules = rules_with(REPLACE_SIGN "revocation by list; when unknown accept }\n");

    (void)state;
    assert_int_equal(judge(rules, "card/sign", RULES_DOOR_SIGN), CERT_OK);
    assert_false(verdict.provisional); /* it is known */
    kiosk.ports.certificates = &no_lists;
    assert_int_equal(judge(rules, "card/sign", RULES_DOOR_SIGN), CERT_OK);
    assert_true(verdict.provisional);
    assert_int_equal(verdict.status.code, CERT_LIST_STALE);
    assert_string_equal(kiosk.database.log,
                        "KW-CERTIFICATE-002 certificate.jpki-signing is accepted without knowing whether "
                        "it was revoked: list-stale\n");
    assert_non_null(strstr(said(rules), "いま確認できていません"));
}

static void who_asks_nobody_says_so(void **state)
{
    const rules_t *rules = rules_with(REPLACE_SIGN "revocation by nobody }\n");

    (void)state;
    assert_int_equal(judge(rules, "person/revoked", RULES_DOOR_SIGN), CERT_OK);
    assert_true(verdict.provisional);
    assert_int_equal(lines_of_log(), 1);
}

/* A list of an hour ago is too old where the rules want one of this minute. */
static void freshness_is_the_rules_word(void **state)
{
    const rules_t *rules = rules_with(REPLACE_SIGN "revocation by list; fresh for 1 minute; when unknown refuse }\n");

    (void)state;
    assert_int_equal(judge(rules, "card/sign", RULES_DOOR_SIGN), CERT_LIST_STALE);
}

static void who_has_expired_is_not_asked_about(void **state)
{
    flow_request_t request = request_with(kiosk.rules);
    cert_t *cert = kiosk_certificate(&kiosk, "card/sign");

    (void)state;
    request.now = cert->not_after + apr_time_from_sec(1);
    certificate_judge(&request, cert, RULES_DOOR_SIGN, &verdict);
    assert_int_equal(verdict.code, CERT_EXPIRED);
    request.now = cert->not_before - apr_time_from_sec(1);
    certificate_judge(&request, cert, RULES_DOOR_SIGN, &verdict);
    assert_int_equal(verdict.code, CERT_NOT_YET_VALID);
    assert_int_equal(verdict.status.known_at, 0);
}

/* Valid in both of its last seconds, and not one second outside. */
static void both_ends_belong_to_its_time(void **state)
{
    flow_request_t request = request_with(rules_with(REPLACE_SIGN "revocation by nobody }\n"));
    cert_t *cert = kiosk_certificate(&kiosk, "card/sign");
    const struct {
        apr_time_t at;
        cert_code_t code;
    } times[] = {{cert->not_before - 1, CERT_NOT_YET_VALID},
                 {cert->not_before, CERT_OK},
                 {cert->not_after + apr_time_from_sec(1) - 1, CERT_OK},
                 {cert->not_after + apr_time_from_sec(1), CERT_EXPIRED}};

    (void)state;
    for (apr_size_t i = 0; i < sizeof times / sizeof *times; i++) {
        request.now = times[i].at;
        certificate_judge(&request, cert, RULES_DOOR_SIGN, &verdict);
        assert_int_equal(verdict.code, times[i].code);
    }
}

/* --- Sentences --- */

static void every_code_has_its_sentence(void **state)
{
    const char *sentences[CERT_CODES];

    (void)state;
    for (int code = 0; code < CERT_CODES; code++) {
        verdict = (certificate_verdict_t){.code = (cert_code_t)code};
        sentences[code] = said(kiosk.rules);
        assert_true(strlen(sentences[code]) > 0);
        assert_null(strchr(sentences[code], '{'));
        for (int other = 0; other < code; other++) assert_string_not_equal(sentences[code], sentences[other]);
    }
}

static void reasons_are_in_words(void **state)
{
    static const char *const words[][2] = {
        {"keyCompromise", "ほかの人に"},           {"affiliationChanged", "住所や氏名"},
        {"superseded", "新しい電子証明書に"},      {"cessationOfOperation", "使うのをやめる"},
        {"certificateHold", "一時的に止めている"}, {"unspecified", "記録がありません"}};

    (void)state;
    for (apr_size_t i = 0; i < sizeof words / sizeof *words; i++) {
        verdict = (certificate_verdict_t){.code = CERT_REVOKED, .status.reason = words[i][0]};
        assert_non_null(strstr(said(kiosk.rules), words[i][1]));
    }
    verdict.status.reason = NULL;
    assert_non_null(strstr(said(kiosk.rules), "記録がありません"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_rules_know_every_kind, kiosk_set_up),
        cmocka_unit_test_setup(each_opens_its_own_door, kiosk_set_up),
        cmocka_unit_test_setup(no_other_door_opens, kiosk_set_up),
        cmocka_unit_test_setup(without_a_rule_none_opens, kiosk_set_up),
        cmocka_unit_test_setup(nobody_is_believed_unconfigured, kiosk_set_up),
        cmocka_unit_test_setup(a_revoked_one_is_told_when_and_why, kiosk_set_up),
        cmocka_unit_test_setup(the_unknown_is_refused, kiosk_set_up),
        cmocka_unit_test_setup(unless_the_rules_accept_it, kiosk_set_up),
        cmocka_unit_test_setup(who_asks_nobody_says_so, kiosk_set_up),
        cmocka_unit_test_setup(freshness_is_the_rules_word, kiosk_set_up),
        cmocka_unit_test_setup(who_has_expired_is_not_asked_about, kiosk_set_up),
        cmocka_unit_test_setup(both_ends_belong_to_its_time, kiosk_set_up),
        cmocka_unit_test_setup(every_code_has_its_sentence, kiosk_set_up),
        cmocka_unit_test_setup(reasons_are_in_words, kiosk_set_up),
    };
    return cmocka_run_group_tests_name("flow: certificate", tests, make, kiosk_tear_down);
}
