/* SPDX-License-Identifier: Apache-2.0 */
#include "flow/holder.h"

#include "account/evidence.h"
#include "text/match.h"
#include "text/text.h"

static span_t city_of(const flow_request_t *request)
{
    return rules_span(request->rules, rules_city(request->rules)->id);
}

/* --- The kind --- */

span_t holder_kind_of(const flow_request_t *request)
{
    const span_t name = rules_span(request->rules, request->form->name);
    const char *dot = memchr(name.at, '.', name.size);
    return (span_t){name.at, dot ? (apr_size_t)(dot - name.at) : name.size};
}

const rules_kind_t *holder_kind(const flow_request_t *request)
{
    const rules_kind_t *kind = rules_kind(request->rules, holder_kind_of(request));
    return kind && kind->signs_with.size && kind->logs_in_with.size ? kind : NULL;
}

static bool is_named(const flow_request_t *request, rules_ref_t name, cert_kind_t kind)
{
    return span_is(rules_span(request->rules, name), cert_kind_name(kind));
}

request_source_t holder_source(const flow_request_t *request, const rules_kind_t *kind)
{
    return is_named(request, kind->signs_with, CERT_REGISTRY) ? REQUEST_FILE : REQUEST_CARD;
}

bool holder_has_one(const flow_request_t *request, const rules_kind_t *kind)
{
    return span_equal(rules_span(request->rules, kind->signs_with), rules_span(request->rules, kind->logs_in_with));
}

bool holder_is(const flow_request_t *request, const cert_t *cert, rules_ref_t name)
{
    return is_named(request, name, cert->kind);
}

/* --- What the certificate says --- */

/* EYYYYMMDD as forms have it: 1980-03-04. */
static span_t stored_date(span_t digits, apr_pool_t *pool)
{
    if (digits.size != 9) return SPAN("");
    return span_of(apr_psprintf(pool, "%.4s-%.2s-%.2s", digits.at + 1, digits.at + 5, digits.at + 7));
}

apr_size_t holder_fields(const cert_t *cert, record_pair_t *pairs, apr_pool_t *pool)
{
    apr_size_t count = 0;

    if (cert->kind == CERT_JPKI_SIGNING) {
        pairs[count++] = (record_pair_t){SPAN("name"), cert->person.name};
        pairs[count++] = (record_pair_t){SPAN("name-substituted"), cert->person.name_substituted};
        pairs[count++] = (record_pair_t){SPAN("birth-date"), stored_date(cert->person.birth_date, pool)};
        pairs[count++] = (record_pair_t){SPAN("address"), cert->person.address};
        pairs[count++] = (record_pair_t){SPAN("address-substituted"), cert->person.address_substituted};
    } else if (cert->kind == CERT_REGISTRY) {
        pairs[count++] = (record_pair_t){SPAN("name"), cert->company.name};
        pairs[count++] = (record_pair_t){SPAN("company-number"), cert->company.number};
        pairs[count++] = (record_pair_t){SPAN("representative"), cert->company.representative};
        pairs[count++] = (record_pair_t){SPAN("title"), cert->company.title};
        pairs[count++] = (record_pair_t){SPAN("address"), cert->company.address};
        pairs[count++] = (record_pair_t){SPAN("registry-office"), cert->company.office};
    }
    return count;
}

bool holder_is_same(const cert_t *cert, const account_t *account, apr_pool_t *pool)
{
    match_result_t name;

    if (cert->kind == CERT_REGISTRY)
        return cert->company.number.size > 0 &&
               span_equal(cert->company.number, account_field(account, SPAN("company-number")));
    if (cert->kind != CERT_JPKI_SIGNING) return false;
    match_name(&name, account_field(account, SPAN("name")), cert->person.name, cert->person.name_substituted, pool);
    /* As it was taken over: also where it isn't known, and so is no day. */
    return name.verdict != MATCH_DIFFERENT &&
           span_equal(account_field(account, SPAN("birth-date")), stored_date(cert->person.birth_date, pool));
}

bool holder_is_unchanged(const cert_t *cert, const account_t *account, apr_pool_t *pool)
{
    record_pair_t pairs[HOLDER_FIELDS];
    apr_size_t count = holder_fields(cert, pairs, pool);

    for (apr_size_t i = 0; i < count; i++)
        if (!span_equal(account_field(account, pairs[i].name), pairs[i].value)) return false;
    return count > 0;
}

apr_status_t holder_find(const flow_request_t *request, store_unit_t *unit, const cert_t *cert, account_t *account,
                         bool *found)
{
    binding_t binding;
    apr_status_t status = binding_find(unit, city_of(request), span_of(cert->identity), &binding, found, request->pool);

    return status == APR_SUCCESS && *found ? account_read(unit, binding.account, account, found, request->pool)
                                           : status;
}

binding_t holder_binding(const cert_t *cert, const account_t *account)
{
    return (binding_t){.account = account->id,
                       .city = account->city,
                       .kind = span_of(cert_kind_name(cert->kind)),
                       .identity = span_of(cert->identity),
                       .fingerprint = span_of(cert->fingerprint),
                       .ends_at = cert->not_after};
}

static void add_once(span_t *identities, int *count, span_t identity)
{
    for (int i = 0; i < *count; i++)
        if (span_equal(identities[i], identity)) return;
    identities[(*count)++] = identity;
}

apr_status_t holder_certificates(const flow_request_t *request, store_unit_t *unit, apr_int64_t account,
                                 span_t **identities, int *count)
{
    binding_t *bindings;
    span_t *signers;
    int bound, signed_with = 0;
    apr_status_t status = binding_list(unit, account, &bindings, &bound, request->pool);

    *count = 0;
    if (status == APR_SUCCESS) status = evidence_certificates(unit, account, &signers, &signed_with, request->pool);
    if (status != APR_SUCCESS) return status;
    *identities = apr_palloc(request->pool, (apr_size_t)(bound + signed_with) * sizeof **identities);
    for (int i = 0; i < bound; i++) add_once(*identities, count, bindings[i].identity);
    for (int i = 0; i < signed_with; i++) {
        cert_t *cert;
        if (cert_read(&cert, signers[i], NULL, request->pool) == CERT_OK)
            add_once(*identities, count, span_of(cert->identity));
    }
    return APR_SUCCESS;
}

/* --- After a deletion --- */

/* Whoever registers with another certificate is the same holder still: name and birth date, or the company's number. */
static span_t person_of(const record_pair_t *fields, apr_size_t count, apr_pool_t *pool)
{
    const span_t number = record_value(fields, count, SPAN("company-number"));
    const span_t name = record_value(fields, count, SPAN("name"));
    const span_t birth_date = record_value(fields, count, SPAN("birth-date"));

    if (number.size) return span_of(apr_pstrcat(pool, "company\n", span_text(pool, number), NULL));
    return span_of(apr_pstrcat(pool, "person\n", span_text(pool, name), "\n", span_text(pool, birth_date), NULL));
}

static span_t certificate_of(span_t identity, apr_pool_t *pool)
{
    return span_of(apr_pstrcat(pool, "certificate\n", span_text(pool, identity), NULL));
}

const rules_lockout_t *holder_lockout(const flow_request_t *request)
{
    return rules_lockout(request->rules, SPAN("re-registration"));
}

apr_status_t holder_locked_out(const flow_request_t *request, store_unit_t *unit, const cert_t *cert, apr_time_t *until)
{
    const rules_lockout_t *lockout = holder_lockout(request);
    record_pair_t fields[HOLDER_FIELDS];
    apr_size_t count = holder_fields(cert, fields, request->pool);
    apr_time_t person = 0;
    apr_status_t status;

    *until = 0;
    if (!lockout) return APR_SUCCESS;
    status =
        limit_lockout_check(request->ports->limits, unit, request->rules, lockout, city_of(request),
                            certificate_of(span_of(cert->identity), request->pool), request->now, until, request->pool);
    if (status == APR_SUCCESS && lockout->binds == RULES_BINDS_PERSON && count > 0)
        status = limit_lockout_check(request->ports->limits, unit, request->rules, lockout, city_of(request),
                                     person_of(fields, count, request->pool), request->now, &person, request->pool);
    if (person > *until) *until = person;
    return status;
}

void holder_refuse_locked_out(const flow_request_t *request, pin_try_t *tried, apr_time_t until)
{
    const rules_lockout_t *lockout = holder_lockout(request);
    const record_pair_t end = {SPAN("until"), text_time_japanese(request->pool, until)};

    pin_refuse(request, tried, rules_span(request->rules, lockout->name),
               rules_fill(rules_say(request->rules, &lockout->say), &end, 1, request->pool));
    tried->locked = true;
}

apr_status_t holder_lock_out(const flow_request_t *request, store_unit_t *unit, const account_t *account,
                             const span_t *identities, int count, apr_time_t now)
{
    const rules_lockout_t *lockout = holder_lockout(request);
    apr_status_t status = APR_SUCCESS;

    if (!lockout) return APR_SUCCESS;
    for (int i = 0; status == APR_SUCCESS && i < count; i++)
        status = limit_lockout_begin(request->ports->limits, unit, request->rules, lockout, city_of(request),
                                     certificate_of(identities[i], request->pool), now, request->pool);
    if (status == APR_SUCCESS && lockout->binds == RULES_BINDS_PERSON)
        status =
            limit_lockout_begin(request->ports->limits, unit, request->rules, lockout, city_of(request),
                                person_of(account->fields, account->field_count, request->pool), now, request->pool);
    return status;
}
