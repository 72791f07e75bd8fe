/* SPDX-License-Identifier: Apache-2.0
 *
 * flow/holder: what is taken over from certificates of persons and companies, who is the same holder with another
 * certificate, and who is kept out after a deletion.
 */
#include "certificates.h"
#include "flow/holder.h"
#include "kiosk.h"
#include "test.h"

#define DAYS(n) apr_time_from_sec(86400 * (apr_time_t)(n))

static const char binding_persons[] =
    "replace lockout re-registration { lasts 2 days; binds person; say ja \"{until}\"; source \"test\" }\n";

static kiosk_t kiosk;
static kiosk_t strict; /* where the rules keep out the person, not the certificate */
static record_pair_t fields[HOLDER_FIELDS];
static account_t account;

static int make(void **state)
{
    (void)state;
    if (!kiosk_make(&kiosk, "") || !kiosk_make(&strict, binding_persons)) return -1;
    certificates_more(kiosk.directory,
                      "one person/moved key=card/sign address=神奈川県川崎市中原区小杉町３丁目２４５番地 "
                      "one person/renewed key=card/sign "
                      "one person/notation key=card/sign 'name=川崎 太郎' "
                      "one person/married key=card/sign name=幸　太郎 "
                      "one person/twin key=card/sign birth=319800305 "
                      "one person/substituted key=card/sign name=髙橋　一 name-flags=1000 "
                      "one company/moved profile=registry issuer=ca/registry key=company/company "
                      "address=神奈川県川崎市高津区溝口１番地 name=株式会社新多摩川 "
                      "one company/other profile=registry issuer=ca/registry key=company/company "
                      "number=012345678902");
    return 0;
}

static int drop(void **state)
{
    (void)state;
    kiosk_drop(&kiosk);
    kiosk_drop(&strict);
    return 0;
}

/* Before each test: the account of card/sign. */
static void register_holder(const cert_t *cert)
{
    account = (account_t){.id = 5,
                          .city = SPAN("kawasaki"),
                          .kind = SPAN("jpki"),
                          .fields = fields,
                          .field_count = holder_fields(cert, fields, kiosk.pool)};
}

static int set_up(void **state)
{
    (void)state;
    kiosk_reset(&kiosk);
    kiosk_reset(&strict);
    register_holder(kiosk_certificate(&kiosk, "card/sign"));
    return 0;
}

/* --- Kinds --- */

static void a_form_is_for_a_kind(void **state)
{
    flow_request_t request = kiosk_request(&kiosk, "jpki.register", "");
    const rules_kind_t *person = holder_kind(&request);

    (void)state;
    assert_true(span_is(holder_kind_of(&request), "jpki"));
    assert_non_null(person);
    assert_int_equal(holder_source(&request, person), REQUEST_CARD);
    assert_false(holder_has_one(&request, person));
    assert_true(holder_is(&request, kiosk_certificate(&kiosk, "card/sign"), person->signs_with));
    assert_true(holder_is(&request, kiosk_certificate(&kiosk, "card/auth"), person->logs_in_with));
    assert_false(holder_is(&request, kiosk_certificate(&kiosk, "card/auth"), person->signs_with));
    assert_false(holder_is(&request, kiosk_certificate(&kiosk, "company/company"), person->signs_with));
    request = kiosk_request(&kiosk, "corporate.sign", "");
    const rules_kind_t *company = holder_kind(&request);
    assert_non_null(company);
    assert_int_equal(holder_source(&request, company), REQUEST_FILE);
    assert_true(holder_has_one(&request, company));
    assert_true(holder_is(&request, kiosk_certificate(&kiosk, "company/company"), company->signs_with));
    assert_false(holder_is(&request, kiosk_certificate(&kiosk, "card/sign"), company->signs_with));
    request = kiosk_request(&kiosk, "card.edit", "");
    assert_true(span_is(holder_kind_of(&request), "card"));
    assert_null(holder_kind(&request)); /* it has no certificates */
    request = kiosk_request(&kiosk, "certificate.check", "");
    assert_null(holder_kind(&request));
}

/* --- What is taken over --- */

static void assert_field(const char *name, const char *value)
{
    assert_string_equal(span_text(kiosk.pool, account_field(&account, span_of(name))), value);
}

static void a_person_has_name_birth_date_and_address(void **state)
{
    (void)state;
    assert_int_equal(account.field_count, 5);
    assert_field("name", "川崎　太郎");
    assert_field("name-substituted", "00000");
    assert_field("birth-date", "1980-03-04");
    assert_field("address", "神奈川県川崎市川崎区旭町１丁目３番３号");
    assert_int_equal(account_field(&account, SPAN("address-substituted")).size, 19);
}

static void a_company_has_what_the_registry_says(void **state)
{
    static const char *const names[] = {"company/company", "company/company-old"};

    (void)state;
    for (int i = 0; i < 2; i++) {
        register_holder(kiosk_certificate(&kiosk, names[i]));
        assert_int_equal(account.field_count, 6);
        assert_field("name", "株式会社多摩川");
        assert_field("company-number", "012345678901");
        assert_field("representative", "川崎太郎");
        assert_field("title", "代表取締役");
        assert_field("address", "神奈川県川崎市川崎区宮本町１番地");
        assert_field("registry-office", "横浜地方法務局川崎支局");
    }
}

static void who_logs_in_is_nobody_by_name(void **state)
{
    (void)state;
    register_holder(kiosk_certificate(&kiosk, "card/auth"));
    assert_int_equal(account.field_count, 0);
    assert_false(holder_is_same(kiosk_certificate(&kiosk, "card/auth"), &account, kiosk.pool));
    assert_false(holder_is_unchanged(kiosk_certificate(&kiosk, "card/auth"), &account, kiosk.pool));
}

static void birth_dates_of_all_eras_are_days(void **state)
{
    static const struct {
        const char *digits, *day;
    } dates[] = {{"118681023", "1868-10-23"}, {"119120729", "1912-07-29"}, {"219120730", "1912-07-30"},
                 {"219261224", "1926-12-24"}, {"319261225", "1926-12-25"}, {"319890107", "1989-01-07"},
                 {"419890108", "1989-01-08"}, {"420000229", "2000-02-29"}, {"420190430", "2019-04-30"},
                 {"520190501", "2019-05-01"}, {"520260101", "2026-01-01"}, {"019800304", "1980-03-04"}};

    (void)state;
    for (apr_size_t i = 0; i < sizeof dates / sizeof *dates; i++) {
        cert_t cert = *kiosk_certificate(&kiosk, "card/sign");
        cert.person.birth_date = span_of(dates[i].digits);
        register_holder(&cert);
        assert_field("birth-date", dates[i].day);
        assert_true(holder_is_same(&cert, &account, kiosk.pool));
        assert_true(holder_is_unchanged(&cert, &account, kiosk.pool));
    }
}

static void a_birth_date_can_be_unknown(void **state)
{
    static const char *const unknown[] = {"000000000", "319800000", "319800300"};
    cert_t cert = *kiosk_certificate(&kiosk, "card/sign");

    (void)state;
    for (apr_size_t i = 0; i < sizeof unknown / sizeof *unknown; i++) {
        cert.person.birth_date = span_of(unknown[i]);
        assert_false(holder_is_same(&cert, &account, kiosk.pool));
        register_holder(&cert);
        assert_true(holder_is_same(&cert, &account, kiosk.pool));
        assert_true(holder_is_unchanged(&cert, &account, kiosk.pool));
    }
    assert_field("birth-date", "1980-03-00");
}

static void what_was_substituted_is_kept(void **state)
{
    cert_t *cert = kiosk_certificate(&kiosk, "person/substituted");

    (void)state;
    register_holder(cert);
    assert_field("name-substituted", "1000");
    /* Any character may stand where the certificate has a substitute; nowhere else. */
    fields[0].value = SPAN("高橋　一");
    assert_true(holder_is_same(cert, &account, kiosk.pool));
    fields[0].value = SPAN("髙橋　二");
    assert_false(holder_is_same(cert, &account, kiosk.pool));
    cert->person.name_substituted = SPAN("");
    register_holder(cert);
    assert_field("name-substituted", "");
    assert_true(holder_is_unchanged(cert, &account, kiosk.pool));
}

/* --- The same holder --- */

static void the_same_holder_may_have_another_certificate(void **state)
{
    static const struct {
        const char *name;
        bool same, unchanged;
    } others[] = {{"card/sign", true, true},        {"person/renewed", true, true},   {"person/moved", true, false},
                  {"person/notation", true, false}, {"person/married", false, false}, {"person/twin", false, false},
                  {"card/auth", false, false},      {"company/company", false, false}};

    (void)state;
    for (apr_size_t i = 0; i < sizeof others / sizeof *others; i++) {
        const cert_t *cert = kiosk_certificate(&kiosk, others[i].name);
        if (holder_is_same(cert, &account, kiosk.pool) != others[i].same) fail_msg("same: %s", others[i].name);
        if (holder_is_unchanged(cert, &account, kiosk.pool) != others[i].unchanged)
            fail_msg("unchanged: %s", others[i].name);
    }
}

static void a_company_is_its_number(void **state)
{
    cert_t nameless = *kiosk_certificate(&kiosk, "company/company");

    (void)state;
    register_holder(kiosk_certificate(&kiosk, "company/company"));
    assert_true(holder_is_same(kiosk_certificate(&kiosk, "company/company-old"), &account, kiosk.pool));
    assert_true(holder_is_same(kiosk_certificate(&kiosk, "company/moved"), &account, kiosk.pool));
    assert_false(holder_is_unchanged(kiosk_certificate(&kiosk, "company/moved"), &account, kiosk.pool));
    assert_false(holder_is_same(kiosk_certificate(&kiosk, "company/other"), &account, kiosk.pool));
    assert_false(holder_is_same(kiosk_certificate(&kiosk, "card/sign"), &account, kiosk.pool));
    /* Two without a number are not one company. */
    nameless.company.number = SPAN("");
    account.field_count = 0;
    assert_false(holder_is_same(&nameless, &account, kiosk.pool));
}

static void a_binding_names_the_certificate(void **state)
{
    const cert_t *cert = kiosk_certificate(&kiosk, "card/sign");
    const binding_t binding = holder_binding(cert, &account);

    (void)state;
    assert_int_equal(binding.account, 5);
    assert_true(span_is(binding.city, "kawasaki") && span_is(binding.kind, "jpki-signing"));
    assert_true(span_is(binding.identity, cert->identity) && span_is(binding.fingerprint, cert->fingerprint));
    assert_int_equal(binding.ends_at, cert->not_after);
}

/* --- After a deletion --- */

static apr_time_t locked_until(kiosk_t *at, const char *certificate, apr_time_t now)
{
    flow_request_t request = kiosk_request(at, "jpki.register", "");
    store_unit_t *unit = database_open(&at->database, STORE_READ);
    apr_time_t until = -1;

    request.now = now;
    assert_int_equal(holder_locked_out(&request, unit, kiosk_certificate(&kiosk, certificate), &until), APR_SUCCESS);
    store_close(unit);
    return until;
}

/* The account with its two certificates goes. */
static void lock_out(kiosk_t *at, const char *signing, const char *authentication, apr_time_t now)
{
    const flow_request_t request = kiosk_request(at, "jpki.delete", "");
    const span_t identities[] = {span_of(kiosk_certificate(&kiosk, signing)->identity),
                                 span_of(kiosk_certificate(&kiosk, authentication)->identity)};
    store_unit_t *unit;

    assert_int_equal(store_open(&unit, at->database.store, STORE_WRITE, at->pool), APR_SUCCESS);
    assert_int_equal(holder_lock_out(&request, unit, &account, identities, 2, now), APR_SUCCESS);
    database_commit(unit);
}

static void both_certificates_wait_to_the_microsecond(void **state)
{
    const apr_time_t now = clock_now(&kiosk.clock);

    (void)state;
    assert_int_equal(locked_until(&kiosk, "card/sign", now), 0);
    lock_out(&kiosk, "card/sign", "card/auth", now);
    assert_int_equal(locked_until(&kiosk, "card/sign", now), now + DAYS(2));
    assert_int_equal(locked_until(&kiosk, "card/auth", now), now + DAYS(2));
    assert_int_equal(locked_until(&kiosk, "card/sign", now + DAYS(2) - 1), now + DAYS(2));
    assert_int_equal(locked_until(&kiosk, "card/sign", now + DAYS(2)), 0);
    /* By the rules of the city another certificate of the same person is free. */
    assert_int_equal(locked_until(&kiosk, "person/renewed", now), 0);
    assert_int_equal(locked_until(&kiosk, "company/company", now), 0);
}

static void a_person_waits_with_any_certificate_where_the_rules_say_so(void **state)
{
    const apr_time_t now = clock_now(&strict.clock);

    (void)state;
    lock_out(&strict, "card/sign", "card/auth", now);
    assert_int_equal(locked_until(&strict, "card/sign", now), now + DAYS(2));
    assert_int_equal(locked_until(&strict, "card/auth", now), now + DAYS(2));
    assert_int_equal(locked_until(&strict, "person/renewed", now), now + DAYS(2));
    assert_int_equal(locked_until(&strict, "person/moved", now), now + DAYS(2));
    assert_int_equal(locked_until(&strict, "person/twin", now), 0);
    assert_int_equal(locked_until(&strict, "person/married", now), 0);
    assert_int_equal(locked_until(&strict, "person/renewed", now + DAYS(2)), 0);
    assert_int_equal(locked_until(&strict, "company/company", now), 0);
}

static void a_company_waits_with_any_certificate_of_its_number(void **state)
{
    const apr_time_t now = clock_now(&strict.clock);

    (void)state;
    register_holder(kiosk_certificate(&kiosk, "company/company"));
    lock_out(&strict, "company/company", "company/company", now);
    assert_int_equal(locked_until(&strict, "company/company-old", now), now + DAYS(2));
    assert_int_equal(locked_until(&strict, "company/moved", now), now + DAYS(2));
    assert_int_equal(locked_until(&strict, "company/other", now), 0);
}

/* Whoever has deleted in one city can register in another. */
static void another_city_knows_nothing_of_it(void **state)
{
    const apr_time_t now = clock_now(&strict.clock);
    rules_t *const own = strict.rules;

    (void)state;
    lock_out(&strict, "card/sign", "card/auth", now);
    strict.rules = kiosk_rules(&strict, KIOSK_OTHER_RULES, binding_persons + strlen("replace "));
    assert_int_equal(locked_until(&strict, "card/sign", now), 0);
    lock_out(&strict, "card/sign", "card/auth", now + DAYS(1));
    assert_int_equal(locked_until(&strict, "card/sign", now + DAYS(2)), now + DAYS(3));
    strict.rules = own;
    assert_int_equal(locked_until(&strict, "card/sign", now), now + DAYS(2));
    assert_int_equal(locked_until(&strict, "card/sign", now + DAYS(2)), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_form_is_for_a_kind, set_up),
        cmocka_unit_test_setup(a_person_has_name_birth_date_and_address, set_up),
        cmocka_unit_test_setup(a_company_has_what_the_registry_says, set_up),
        cmocka_unit_test_setup(who_logs_in_is_nobody_by_name, set_up),
        cmocka_unit_test_setup(birth_dates_of_all_eras_are_days, set_up),
        cmocka_unit_test_setup(a_birth_date_can_be_unknown, set_up),
        cmocka_unit_test_setup(what_was_substituted_is_kept, set_up),
        cmocka_unit_test_setup(the_same_holder_may_have_another_certificate, set_up),
        cmocka_unit_test_setup(a_company_is_its_number, set_up),
        cmocka_unit_test_setup(a_binding_names_the_certificate, set_up),
        cmocka_unit_test_setup(both_certificates_wait_to_the_microsecond, set_up),
        cmocka_unit_test_setup(a_person_waits_with_any_certificate_where_the_rules_say_so, set_up),
        cmocka_unit_test_setup(a_company_waits_with_any_certificate_of_its_number, set_up),
        cmocka_unit_test_setup(another_city_knows_nothing_of_it, set_up),
    };
    return cmocka_run_group_tests_name("flow: holder", tests, make, drop);
}
