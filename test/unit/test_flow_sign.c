/* SPDX-License-Identifier: Apache-2.0
 *
 * flow/sign and flow/commit: whose signature counts, and a form signed with a new certificate: what waits in the draft,
 * what the visit sees of it, and what is stored at last.
 */
#include "base/error.h"
#include "certificates.h"
#include "flow/sign.h"
#include "flow/step.h"
#include "kiosk.h"
#include "test.h"

#define MOVED "神奈川県川崎市中原区小杉町３丁目２４５番地"
#define HOME  "神奈川県川崎市川崎区旭町１丁目３番３号"

static kiosk_t kiosk;
static const char *cookie;
static apr_int64_t mine, others;
static apr_int64_t made[8]; /* all accounts of this test */
static int made_count;

static int make(void **state)
{
    *state = &kiosk;
    if (!kiosk_make(&kiosk, "")) return -1;
    certificates_more(kiosk.directory, "one person/moved key=card/sign address=" MOVED " "
                                       "one person/renewed key=card/sign "
                                       "one person/other key=card/sign "
                                       "one person/married key=card/sign name=幸　太郎 "
                                       "one person/twin key=card/sign birth=319800305 "
                                       "one person/expired key=card/sign from=-7200 until=-3600 "
                                       "one company/moved profile=registry issuer=ca/registry key=company/company "
                                       "address=神奈川県川崎市高津区溝口１番地 "
                                       "one company/same profile=registry issuer=ca/registry key=company/company "
                                       "one company/other profile=registry issuer=ca/registry key=company/company "
                                       "number=012345678902");
    return 0;
}

/* --- Accounts --- */

/* An account with what the certificate says of its holder, and the certificate bound to it. */
static account_t add_account(const char *kind, const char *certificate, bool applicant)
{
    static int number;
    const cert_t *cert = kiosk_certificate(&kiosk, certificate);
    record_pair_t fields[HOLDER_FIELDS];
    account_t account = {.city = SPAN("kawasaki"),
                         .kind = span_of(kind),
                         .identifier = span_of(apr_psprintf(kiosk.pool, "J%d", ++number)),
                         .fields = fields,
                         .field_count = holder_fields(cert, fields, kiosk.pool),
                         .applicant = applicant};
    store_unit_t *unit = database_open(&kiosk.database, STORE_WRITE);

    assert_int_equal(account_insert(unit, &account, NULL, clock_now(&kiosk.clock), kiosk.pool), APR_SUCCESS);
    const binding_t binding = holder_binding(cert, &account);
    assert_int_equal(binding_put(unit, &binding, clock_now(&kiosk.clock)), APR_SUCCESS);
    assert_int_equal(
        visit_begin(unit, &kiosk.visit, kiosk.rules, &account, SPAN("7"), clock_now(&kiosk.clock), &cookie, kiosk.pool),
        APR_SUCCESS);
    database_commit(unit);
    assert_true(made_count < 8);
    made[made_count++] = account.id;
    return account;
}

/* What the next request finds. */
static void load(const char *form)
{
    assert_int_equal(visit_load(&kiosk.visit, &kiosk.ports, kiosk.rules, span_of(cookie), span_of(form),
                                clock_now(&kiosk.clock), kiosk.pool),
                     APR_SUCCESS);
    assert_int_equal(kiosk.visit.state, SESSION_LIVE);
}

static void remove_all(void)
{
    store_unit_t *unit = database_open(&kiosk.database, STORE_WRITE);

    while (made_count > 0) {
        const apr_int64_t id = made[--made_count];
        account_t account;
        bool found;
        assert_int_equal(account_read(unit, id, &account, &found, kiosk.pool), APR_SUCCESS);
        assert_true(found);
        assert_int_equal(account_remove(unit, id, account.version), APR_SUCCESS);
    }
    database_commit(unit);
}

/* Before each test: a person with card/sign, and another one with a certificate of his own. */
static int set_up(void **state)
{
    (void)state;
    kiosk_reset(&kiosk);
    remove_all();
    others = add_account("jpki", "person/other", false).id;
    mine = add_account("jpki", "card/sign", false).id;
    load("jpki.edit");
    return 0;
}

/* --- Whose signature it is --- */

static sign_t judged;

static sign_result_t judge(const char *form, const char *certificate)
{
    const flow_request_t request = kiosk_request(&kiosk, form, "commit");
    sign_result_t result;

    judged = (sign_t){.bound = true};
    judged.ceremony.tasks[0] =
        (helper_task_t){.operation = REQUEST_SIGN, .cert = kiosk_certificate(&kiosk, certificate), .proved = CERT_OK};
    assert_int_equal(sign_judge(&request, &judged, &result), APR_SUCCESS);
    assert_true((result == SIGN_REFUSED) == (judged.ceremony.tried.verdict != NULL));
    return result;
}

static void assert_refused(const char *form, const char *certificate, const char *rule)
{
    assert_int_equal(judge(form, certificate), SIGN_REFUSED);
    assert_string_equal(span_text(kiosk.pool, judged.ceremony.tried.verdict->findings[0].rule), rule);
}

static void ones_own_certificate_signs(void **state)
{
    (void)state;
    assert_int_equal(judge("jpki.edit", "card/sign"), SIGN_GOOD);
    assert_true(judged.bound);
    assert_non_null(judged.verdict.issuer);
}

static void a_new_certificate_of_the_same_holder_signs(void **state)
{
    (void)state;
    assert_int_equal(judge("jpki.edit", "person/renewed"), SIGN_GOOD);
    assert_false(judged.bound);
    assert_int_equal(judge("jpki.edit", "person/moved"), SIGN_NEW);
    assert_false(judged.bound);
}

static void anothers_certificate_does_not(void **state)
{
    (void)state;
    assert_refused("jpki.edit", "person/other", "certificate/other"); /* same name, but bound to somebody */
    assert_refused("jpki.edit", "person/married", "certificate/name");
    assert_refused("jpki.edit", "person/twin", "certificate/name");
    assert_refused("jpki.edit", "company/company", "certificate/other");
    assert_refused("jpki.edit", "card/auth", "certificate.jpki-authentication");
    assert_refused("jpki.edit", "person/expired", "certificate.jpki-signing");
    assert_refused("jpki.edit", "person/revoked", "certificate.jpki-signing");
}

static void a_signature_that_is_not_proved_is_nobodys(void **state)
{
    const flow_request_t request = kiosk_request(&kiosk, "jpki.edit", "commit");
    sign_result_t result;

    (void)state;
    judged = (sign_t){.bound = false};
    judged.ceremony.tasks[0] =
        (helper_task_t){.cert = kiosk_certificate(&kiosk, "card/sign"), .proved = CERT_WRONG_SIGNATURE};
    assert_int_equal(sign_judge(&request, &judged, &result), APR_SUCCESS);
    assert_int_equal(result, SIGN_REFUSED);
}

/* Who registers has shown the certificate already: no other one, not even one that says the same. */
static void an_applicant_signs_with_the_certificate_shown(void **state)
{
    (void)state;
    remove_all();
    mine = add_account("jpki", "card/sign", true).id;
    load("jpki.register");
    assert_true(kiosk.visit.account.applicant);
    assert_int_equal(judge("jpki.register", "card/sign"), SIGN_GOOD);
    assert_refused("jpki.register", "person/renewed", "certificate/other");
    assert_refused("jpki.register", "person/moved", "certificate/other");
}

static void a_company_is_known_by_its_number(void **state)
{
    (void)state;
    mine = add_account("corporate", "company/company", false).id;
    load("corporate.edit");
    assert_int_equal(judge("corporate.edit", "company/company"), SIGN_GOOD);
    assert_true(judged.bound);
    assert_int_equal(judge("corporate.edit", "company/same"), SIGN_GOOD);
    assert_false(judged.bound);
    assert_int_equal(judge("corporate.edit", "company/moved"), SIGN_NEW);
    assert_refused("corporate.edit", "company/other", "certificate/name");
    assert_refused("corporate.edit", "card/sign", "certificate/other");
    assert_refused("corporate.edit", "person/renewed", "certificate/other");
}

/* A certificate is bound by city. */
static void another_citys_binding_is_none_here(void **state)
{
    store_unit_t *unit = database_open(&kiosk.database, STORE_WRITE);
    binding_t binding = holder_binding(kiosk_certificate(&kiosk, "person/renewed"),
                                       &(account_t){.id = others, .city = SPAN("elsewhere")});

    (void)state;
    assert_int_equal(binding_put(unit, &binding, clock_now(&kiosk.clock)), APR_SUCCESS);
    database_commit(unit);
    assert_int_equal(judge("jpki.edit", "person/renewed"), SIGN_GOOD);
    assert_false(judged.bound);
}

/* --- A form that is signed --- */

static flow_request_t step(const char *action, const char *municipality, const char *town, const char *lot)
{
    load("jpki.edit");
    flow_request_t request = kiosk_request(&kiosk, "jpki.edit", action);
    request.proof = rules_form(kiosk.rules, SPAN("jpki.sign"));
    request.proof_typed = kiosk_type(&request, request.proof, KIOSK_FIELDS("signing-pin", "ABC123"));
    request.draft = step_token(&request);
    request.typed =
        kiosk_type(&request, request.form,
                   KIOSK_FIELDS("kana", "カワサキタロウ", "result-mail", "no", "arrival-mail", "no", "magazine", "no",
                                "prefecture", "神奈川県", "municipality", municipality, "town", town, "lot", lot));
    return request;
}

static void edit(const char *action, const char *municipality, const char *town, const char *lot)
{
    const flow_request_t request = step(action, municipality, town, lot);
    assert_int_equal(flow_edit_submit(&request, &kiosk.outcome), APR_SUCCESS);
}

static void edit_home(const char *action)
{
    edit(action, "川崎市川崎区", "旭町1丁目", "3-3");
}

static void edit_moved(const char *action)
{
    edit(action, "川崎市中原区", "小杉町3丁目", "245");
}

static void sign_with(const char *certificate)
{
    kiosk.helper.key = kiosk.helper.certificate = certificate;
    const flow_request_t request = step("commit", "", "", "");
    assert_int_equal(flow_sign_submit(&request, &kiosk.outcome), APR_SUCCESS);
}

static void assert_goes_to(const char *path)
{
    if (kiosk.outcome.result != FLOW_REDIRECT) fail_msg("%d: %s", kiosk.outcome.result, kiosk_html(&kiosk));
    if (strncmp(kiosk.outcome.location, path, strlen(path)) != 0)
        fail_msg("%s instead of %s", kiosk.outcome.location, path);
}

static void assert_field(const char *name, const char *value)
{
    assert_string_equal(span_text(kiosk.pool, account_field(&kiosk.visit.account, span_of(name))), value);
}

/* As the row is, without what waits. */
static void assert_stored(const char *name, const char *value)
{
    store_unit_t *unit = database_open(&kiosk.database, STORE_READ);
    account_t account;
    bool found;

    assert_int_equal(account_read(unit, mine, &account, &found, kiosk.pool), APR_SUCCESS);
    assert_true(found);
    assert_string_equal(span_text(kiosk.pool, account_field(&account, span_of(name))), value);
    store_close(unit);
}

static apr_int64_t owner_of(const char *certificate)
{
    store_unit_t *unit = database_open(&kiosk.database, STORE_READ);
    binding_t binding = {0};
    bool found;

    assert_int_equal(binding_find(unit, SPAN("kawasaki"), span_of(kiosk_certificate(&kiosk, certificate)->identity),
                                  &binding, &found, kiosk.pool),
                     APR_SUCCESS);
    store_close(unit);
    return found ? binding.account : 0;
}

static apr_size_t waiting_now(void)
{
    record_pair_t *waiting;
    apr_size_t count;

    load("jpki.edit");
    assert_int_equal(form_waiting(kiosk.visit.draft.fields, &waiting, &count, kiosk.pool), APR_SUCCESS);
    return count;
}

static void what_is_signed_is_stored(void **state)
{
    (void)state;
    edit_home("next");
    assert_goes_to("/jpki/edit/confirm");
    sign_with("card/sign");
    assert_goes_to("/jpki/edit/complete/");
    assert_stored("kana", "カワサキタロウ");
    assert_stored("address", HOME);
    assert_stored("magazine", "no");
    assert_int_equal(waiting_now(), 0);
}

static void a_renewed_certificate_takes_the_old_ones_place(void **state)
{
    (void)state;
    edit_home("next");
    sign_with("person/renewed");
    assert_goes_to("/jpki/edit/complete/");
    assert_int_equal(owner_of("person/renewed"), mine);
    assert_int_equal(owner_of("card/sign"), 0);
    assert_stored("address", HOME);
}

static void nothing_is_stored_of_anothers_signature(void **state)
{
    (void)state;
    edit_home("next");
    sign_with("person/other");
    assert_int_equal(kiosk.outcome.result, FLOW_INVALID);
    assert_true(span_is(kiosk.outcome.rule, "certificate/other"));
    sign_with("person/married");
    assert_int_equal(kiosk.outcome.result, FLOW_INVALID);
    assert_stored("kana", "");
    assert_int_equal(owner_of("person/other"), others);
    assert_int_equal(owner_of("person/married"), 0);
    sign_with("card/sign"); /* the draft is still there */
    assert_goes_to("/jpki/edit/complete/");
}

/* Accepted with the old address, signed with the certificate of the new one. */
static void move(void)
{
    edit_home("next");
    sign_with("person/moved");
    assert_goes_to("/jpki/edit");
    assert_true(span_is(kiosk.outcome.rule, "certificate/address"));
}

static void a_new_address_waits_in_the_draft(void **state)
{
    (void)state;
    move();
    assert_int_equal(waiting_now(), 5);
    assert_int_equal(kiosk.visit.draft.step, DRAFT_TYPED);
    assert_field("address", MOVED); /* to the visit it is the account's already */
    assert_field("name", "川崎　太郎");
    assert_stored("address", HOME); /* but nothing is stored */
    assert_stored("kana", "");
    assert_int_equal(owner_of("person/moved"), 0);
    assert_int_equal(owner_of("card/sign"), mine);
    /* What was typed before is kept. */
    const flow_request_t request = kiosk_request(&kiosk, "jpki.edit", "");
    assert_int_equal(flow_edit_show(&request, &kiosk.outcome), APR_SUCCESS);
    kiosk_says(&kiosk, "カワサキタロウ");
    kiosk_says(&kiosk, MOVED);
    kiosk_says(&kiosk, span_text(kiosk.pool, rules_message(kiosk.rules, RULES_MESSAGE_CERT_NEW)));
}

static void what_waits_survives_save_and_next(void **state)
{
    (void)state;
    move();
    edit_moved("save");
    assert_goes_to("/jpki/edit/saved");
    assert_int_equal(waiting_now(), 5);
    edit_home("next"); /* the old parts are no longer those of the certificate */
    assert_int_equal(kiosk.outcome.result, FLOW_INVALID);
    assert_int_equal(waiting_now(), 5);
    edit_moved("next");
    assert_goes_to("/jpki/edit/confirm");
    assert_int_equal(waiting_now(), 5);
    assert_field("address", MOVED);
    sign_with("person/moved");
    assert_goes_to("/jpki/edit/complete/");
    assert_int_equal(waiting_now(), 0);
    assert_stored("address", MOVED);
    assert_stored("municipality", "川崎市中原区");
    assert_int_equal(owner_of("person/moved"), mine);
    assert_int_equal(owner_of("card/sign"), 0);
}

static void what_waits_goes_with_a_reset(void **state)
{
    (void)state;
    move();
    edit_moved("reset");
    assert_goes_to("/jpki/edit");
    assert_int_equal(waiting_now(), 0);
    assert_field("address", HOME);
    edit_home("next");
    sign_with("card/sign");
    assert_goes_to("/jpki/edit/complete/");
    assert_stored("address", HOME);
}

/* The parts are those of the new address: signed with the old certificate they would stand beside the old one. */
static void the_old_certificate_does_not_sign_the_new_address(void **state)
{
    (void)state;
    move();
    edit_moved("next");
    sign_with("card/sign");
    assert_goes_to("/jpki/edit");
    if (strstr(kiosk.outcome.location, "complete")) fail_msg("it was stored");
    assert_stored("municipality", "");
    load("jpki.edit");
    assert_field("address", HOME); /* that is now the certificate that counts */
    edit_home("next");
    sign_with("card/sign");
    assert_goes_to("/jpki/edit/complete/");
    assert_stored("address", HOME);
    assert_stored("municipality", "川崎市川崎区");
    assert_int_equal(owner_of("card/sign"), mine);
}

/* --- Drafts --- */

static void a_draft_holds_what_waits_besides_the_answers(void **state)
{
    const flow_request_t request = kiosk_request(&kiosk, "jpki.edit", "");
    const span_t *typed = kiosk_type(&request, request.form, KIOSK_FIELDS("kana", "カワサキ"));
    record_pair_t waits[] = {{SPAN("address"), SPAN("新しい\n住所")}, {SPAN("name"), SPAN("")}}, *waiting;
    apr_size_t count;
    form_values_t values;

    (void)state;
    span_t draft = form_draft_of_values(kiosk.rules, request.form, typed, waits, 2, kiosk.pool);
    assert_int_equal(form_waiting(draft, &waiting, &count, kiosk.pool), APR_SUCCESS);
    assert_int_equal(count, 2);
    assert_true(span_is(waiting[0].name, "address") && span_is(waiting[0].value, "新しい\n住所"));
    assert_true(span_is(waiting[1].name, "name") && waiting[1].value.size == 0);
    assert_int_equal(form_values_of_draft(kiosk.rules, request.form, draft, &values, kiosk.pool), APR_SUCCESS);
    for (uint32_t i = 0; i < request.form->field_count; i++) assert_true(span_equal(values.at[i], typed[i]));
    draft = form_draft_of_values(kiosk.rules, request.form, typed, NULL, 0, kiosk.pool);
    assert_int_equal(form_waiting(draft, &waiting, &count, kiosk.pool), APR_SUCCESS);
    assert_int_equal(count, 0);
    assert_int_equal(form_waiting(SPAN(""), &waiting, &count, kiosk.pool), APR_SUCCESS);
    assert_int_equal(count, 0);
    assert_int_equal(form_waiting(SPAN("no record"), &waiting, &count, kiosk.pool), BASE_EMALFORMED);
    assert_int_equal(count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(ones_own_certificate_signs, set_up),
        cmocka_unit_test_setup(a_new_certificate_of_the_same_holder_signs, set_up),
        cmocka_unit_test_setup(anothers_certificate_does_not, set_up),
        cmocka_unit_test_setup(a_signature_that_is_not_proved_is_nobodys, set_up),
        cmocka_unit_test_setup(an_applicant_signs_with_the_certificate_shown, set_up),
        cmocka_unit_test_setup(a_company_is_known_by_its_number, set_up),
        cmocka_unit_test_setup(another_citys_binding_is_none_here, set_up),
        cmocka_unit_test_setup(what_is_signed_is_stored, set_up),
        cmocka_unit_test_setup(a_renewed_certificate_takes_the_old_ones_place, set_up),
        cmocka_unit_test_setup(nothing_is_stored_of_anothers_signature, set_up),
        cmocka_unit_test_setup(a_new_address_waits_in_the_draft, set_up),
        cmocka_unit_test_setup(what_waits_survives_save_and_next, set_up),
        cmocka_unit_test_setup(what_waits_goes_with_a_reset, set_up),
        cmocka_unit_test_setup(the_old_certificate_does_not_sign_the_new_address, set_up),
        cmocka_unit_test_setup(a_draft_holds_what_waits_besides_the_answers, set_up),
    };
    return cmocka_run_group_tests_name("flow: sign", tests, make, kiosk_tear_down);
}
