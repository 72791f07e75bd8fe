/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/cursor.h"

const token_t *rules_peek(const cursor_t *cursor)
{
    return cursor->next < cursor->statement->count ? &cursor->statement->tokens[cursor->next] : NULL;
}

const char *rules_shown(const cursor_t *cursor, const token_t *token)
{
    return span_text(cursor->compiler->pool, token->text);
}

void rules_expected(const cursor_t *cursor, const char *what)
{
    const token_t *token = rules_peek(cursor);
    if (token && token->kind == TOKEN_BROKEN) return;
    if (token) {
        const char *quote = token->kind == TOKEN_STRING ? "\"" : "'";
        rules_error(cursor->compiler, token->at, "expected %s, not %s%s%s", what, quote, rules_shown(cursor, token),
                    quote);
        return;
    }
    const token_t *last = &cursor->statement->tokens[cursor->next - 1];
    place_t at = last->at;
    at.column = last->end;
    rules_error(cursor->compiler, at, "expected %s after '%s'", what, rules_shown(cursor, last));
}

const token_t *rules_take(cursor_t *cursor, token_kind_t kind, const char *what)
{
    const token_t *token = rules_peek(cursor);
    if (!token || token->kind != kind) {
        rules_expected(cursor, what);
        return NULL;
    }
    cursor->next++;
    return token;
}

bool rules_take_this(cursor_t *cursor, const char *text)
{
    const token_t *token = rules_peek(cursor);
    if (!token || !rules_token_is(token, text)) return false;
    cursor->next++;
    return true;
}

bool rules_take_number(cursor_t *cursor, int64_t *number, const char *what)
{
    const token_t *token = rules_take(cursor, TOKEN_NUMBER, what);
    if (token) *number = token->number;
    return token != NULL;
}

bool rules_take_duration(cursor_t *cursor, int64_t *seconds)
{
    static const struct {
        const char *one, *many;
        int64_t seconds;
    } units[] = {{"second", "seconds", 1}, {"minute", "minutes", 60}, {"hour", "hours", 3600}, {"day", "days", 86400}};
    static const int64_t longest = 36500 * 86400LL;

    const token_t *number = rules_peek(cursor);
    if (!rules_take_number(cursor, seconds, "a duration such as 30 minutes")) return false;
    for (apr_size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (!rules_take_this(cursor, units[i].one) && !rules_take_this(cursor, units[i].many)) continue;
        *seconds *= units[i].seconds;
        if (*seconds > 0 && *seconds <= longest) return true;
        rules_error(cursor->compiler, number->at, "a duration is at least 1 second and at most 36500 days");
        return false;
    }
    rules_expected(cursor, "a unit (seconds, minutes, hours, days)");
    return false;
}
