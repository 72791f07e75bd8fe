/* SPDX-License-Identifier: Apache-2.0
 *
 * `city` and `session`: whose service this is, and how long one may be away from it.
 */
#include "rules/declarations.h"

static const clause_t city_clauses[] = {
    {"name", SHAPE_TEXT, CLAUSE_NEEDED, offsetof(city_said_t, name), NULL},
    {"service", SHAPE_TEXT, CLAUSE_NEEDED, offsetof(city_said_t, service), NULL},
    {"contact", SHAPE_TEXT, CLAUSE_NEEDED, offsetof(city_said_t, contact), NULL},
    {"source", SHAPE_STRINGS, CLAUSE_NEEDED, offsetof(city_said_t, source), NULL},
    {0},
};
const block_t rules_city_block = {sizeof(city_said_t), city_clauses};

static const clause_t session_clauses[] = {
    {"idle", SHAPE_DURATION, CLAUSE_NEEDED, offsetof(session_said_t, idle), NULL},
    {"lasts", SHAPE_DURATION, CLAUSE_NEEDED, offsetof(session_said_t, lasts), NULL},
    {"warn", SHAPE_DURATION, CLAUSE_NEEDED, offsetof(session_said_t, warn), NULL},
    {"draft", SHAPE_DURATION, CLAUSE_NEEDED, offsetof(session_said_t, draft), NULL},
    {"source", SHAPE_STRINGS, CLAUSE_NEEDED, offsetof(session_said_t, source), NULL},
    {0},
};
const block_t rules_session_block = {sizeof(session_said_t), session_clauses};

static void check_session(compiler_t *compiler, const session_said_t *session)
{
    if (session->warn.ok && session->idle.ok && session->warn.low >= session->idle.low) {
        rules_error(compiler, rules_given_place(&session->warn),
                    "the warning would come before anybody is idle: "
                    "'warn' must be shorter than 'idle'");
    }
    if (session->idle.ok && session->lasts.ok && session->idle.low > session->lasts.low) {
        rules_error(compiler, rules_given_place(&session->idle), "'idle' is longer than the session 'lasts'");
    }
}

static void check_only_city(compiler_t *compiler)
{
    const apr_array_header_t *cities = compiler->model->cities;
    for (int i = 1; i < cities->nelts; i++) {
        place_t at = rules_name_place(&APR_ARRAY_IDX(cities, i, given_t));
        place_t first = rules_name_place(&APR_ARRAY_IDX(cities, 0, given_t));
        rules_error(compiler, at, "a second city; the first is in %s", rules_other_place(compiler, at, first));
    }
}

void rules_city_write(compiler_t *compiler)
{
    const model_t *model = compiler->model;
    image_t *image = compiler->image;
    rules_city_t written = {0};
    check_only_city(compiler);
    if (model->cities->nelts) {
        const given_t *given = &APR_ARRAY_IDX(model->cities, 0, given_t);
        const city_said_t *city = given->block;
        rules_plain_name(compiler, given);
        written.id = rules_image_string(image, rules_given_name(given));
        written.name = rules_image_text(image, rules_given_text(&city->name));
        written.service = rules_image_text(image, rules_given_text(&city->service));
        written.contact = rules_image_text(image, rules_given_text(&city->contact));
    }
    if (model->sessions->nelts) {
        const session_said_t *session = APR_ARRAY_IDX(model->sessions, 0, given_t).block;
        check_session(compiler, session);
        written.idle = (uint32_t)session->idle.low;
        written.lasts = (uint32_t)session->lasts.low;
        written.warn = (uint32_t)session->warn.low;
        written.draft = (uint32_t)session->draft.low;
    }
    rules_image_add(image, RULES_CITY, &written);
}
