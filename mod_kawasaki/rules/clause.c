/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/cursor.h"

#define NAME_MAX_BYTES 64

/* --- Shapes ------------------------------------------------------------------------------------------------------ */

static bool read_name(cursor_t *cursor, given_t *given)
{
    given->name = rules_take(cursor, TOKEN_WORD, "a name");
    if (!given->name) return false;
    if (given->name->text.size <= NAME_MAX_BYTES) return true;
    rules_error(cursor->compiler, given->name->at, "a name has at most %d letters", NAME_MAX_BYTES);
    return false;
}

static bool read_text(cursor_t *cursor, given_t *given)
{
    const token_t *language = rules_peek(cursor);
    if (!language || !rules_token_is(language, "ja")) {
        rules_expected(cursor, "a language and a sentence (ja \"...\")");
        return false;
    }
    cursor->next++;
    given->string = rules_take(cursor, TOKEN_STRING, "a sentence in \"quotes\"");
    return given->string != NULL;
}

static bool read_option(cursor_t *cursor, given_t *given)
{
    const token_t *token = rules_peek(cursor);
    if (!token || token->kind != TOKEN_STRING) return read_name(cursor, given) && read_text(cursor, given);
    cursor->next++;
    given->name = given->string = token;
    return true;
}

static bool read_say(cursor_t *cursor, given_t *given)
{
    given->rest = rules_peek(cursor);
    while (rules_peek(cursor) && rules_peek(cursor)->kind == TOKEN_WORD && !rules_token_is(rules_peek(cursor), "ja")) {
        cursor->next++;
        given->rest_count++;
    }
    if (!given->rest_count) {
        rules_expected(cursor, "what the sentence is for");
        return false;
    }
    return read_text(cursor, given);
}

static bool read_show(cursor_t *cursor, given_t *given)
{
    if (!read_name(cursor, given) || !read_text(cursor, given)) return false;
    if (!rules_take_this(cursor, "as")) return true;
    given->as_date = rules_take_this(cursor, "date");
    if (!given->as_date) rules_expected(cursor, "'date'");
    return given->as_date;
}

static bool read_list(cursor_t *cursor, given_t *given, token_kind_t kind, const char *what)
{
    given->rest = rules_peek(cursor);
    do {
        const token_t *token = rules_take(cursor, kind, what);
        if (!token) return false;
        if (kind == TOKEN_STRING && !given->string) given->string = token;
        given->rest_count = (int)(token - given->rest) + 1;
    } while (rules_take_this(cursor, ","));
    return true;
}

static bool read_range(cursor_t *cursor, given_t *given)
{
    static const char what[] = "a range such as 1..60";
    if (!rules_take_number(cursor, &given->low, what)) return false;
    if (!rules_take_this(cursor, "..")) {
        rules_expected(cursor, what);
        return false;
    }
    return rules_take_number(cursor, &given->high, what);
}

static bool read_after(cursor_t *cursor, given_t *given)
{
    if (!rules_take_duration(cursor, &given->low)) return false;
    if (!rules_take_this(cursor, "after")) {
        rules_expected(cursor, "'after' and an act");
        return false;
    }
    return read_name(cursor, given);
}

static bool read_instant(cursor_t *cursor, given_t *given)
{
    const token_t *token = rules_take(cursor, TOKEN_INSTANT, "a day and time such as 2026-12-29 00:00");
    if (token) given->low = token->number;
    return token != NULL;
}

static bool read_anything(cursor_t *cursor, given_t *given, const char *what)
{
    given->rest = rules_peek(cursor);
    if (!given->rest) rules_expected(cursor, what);
    while (rules_peek(cursor) && rules_peek(cursor)->kind != TOKEN_BROKEN) {
        cursor->next++;
        given->rest_count++;
    }
    return given->rest && !rules_peek(cursor);
}

static bool read_shape(cursor_t *cursor, shape_t shape, given_t *given)
{
    switch (shape) {
    case SHAPE_NOTHING: return true;
    case SHAPE_NAME: return read_name(cursor, given);
    case SHAPE_NAME_MAYBE: return !rules_peek(cursor) || read_name(cursor, given);
    case SHAPE_NAMES: return read_list(cursor, given, TOKEN_WORD, "a name");
    case SHAPE_TEXT: return read_text(cursor, given);
    case SHAPE_NAMED_TEXT: return read_name(cursor, given) && read_text(cursor, given);
    case SHAPE_OPTION: return read_option(cursor, given);
    case SHAPE_SAY: return read_say(cursor, given);
    case SHAPE_SHOW: return read_show(cursor, given);
    case SHAPE_STRING:
        given->string = rules_take(cursor, TOKEN_STRING, "words in \"quotes\"");
        return given->string != NULL;
    case SHAPE_STRINGS: return read_list(cursor, given, TOKEN_STRING, "words in \"quotes\"");
    case SHAPE_NUMBER: return rules_take_number(cursor, &given->low, "a number");
    case SHAPE_RANGE: return read_range(cursor, given);
    case SHAPE_DURATION: return rules_take_duration(cursor, &given->low);
    case SHAPE_AFTER: return read_after(cursor, given);
    case SHAPE_INSTANT: return read_instant(cursor, given);
    case SHAPE_CONDITION: return read_anything(cursor, given, "a condition");
    case SHAPE_COUNT: return read_anything(cursor, given, "account or address");
    }
    return false;
}

static void read_arguments(cursor_t *cursor, const clause_t *clause, given_t *given)
{
    given->ok = read_shape(cursor, clause->shape, given);
    if (!given->ok || !rules_peek(cursor)) return;
    given->ok = false;
    given->crowded = true;
    if (rules_peek(cursor)->kind == TOKEN_BROKEN) return;
    rules_error(cursor->compiler, rules_peek(cursor)->at, "'%s' is too much here: one fact a line",
                rules_shown(cursor, rules_peek(cursor)));
}

/* --- Keywords ---------------------------------------------------------------------------------------------------- */

/* How many of the tokens are the keyword; 0: it is another. */
static int match_keyword(const cursor_t *cursor, const char *keyword)
{
    int words = 0;
    for (; *keyword; words++) {
        span_t word = {keyword, strcspn(keyword, " ")};
        int at = cursor->next + words;
        if (at >= cursor->statement->count) return 0;
        const token_t *token = &cursor->statement->tokens[at];
        if (token->kind != TOKEN_WORD || !span_equal(token->text, word)) return 0;
        keyword += word.size;
        keyword += strspn(keyword, " ");
    }
    return words;
}

static const clause_t *find_clause(cursor_t *cursor, const block_t *block)
{
    for (const clause_t *clause = block->clauses; clause->keyword; clause++) {
        int words = match_keyword(cursor, clause->keyword);
        cursor->next += words;
        if (words) return clause;
    }
    return NULL;
}

static int count_words(const char *keyword)
{
    int words = 1;
    for (; *keyword; keyword++) words += *keyword == ' ';
    return words;
}

/* What is wrong: the next word, or as many as a keyword has that begins with it. Gives how many. */
static int wrong_words(const cursor_t *cursor, const block_t *block, span_t *wrong)
{
    const token_t *token = rules_peek(cursor);
    apr_pool_t *pool = cursor->compiler->pool;
    int most = 1, words = 1;
    for (const clause_t *clause = block->clauses; clause->keyword; clause++) {
        span_t first = {clause->keyword, strcspn(clause->keyword, " ")};
        if (span_equal(token->text, first) && count_words(clause->keyword) > most) most = count_words(clause->keyword);
    }
    const char *text = span_text(pool, token->text);
    for (; words < most && cursor->next + words < cursor->statement->count; words++) {
        if (token[words].kind != TOKEN_WORD) break;
        text = apr_pstrcat(pool, text, " ", span_text(pool, token[words].text), NULL);
    }
    *wrong = span_of(text);
    return words;
}

/* Notes an unknown keyword; gives the clause that is probably meant, or NULL. */
static const clause_t *guess_clause(cursor_t *cursor, const block_t *block)
{
    const token_t *token = rules_peek(cursor);
    if (token->kind != TOKEN_WORD) {
        rules_expected(cursor, "a keyword");
        return NULL;
    }
    span_t wrong;
    int words = wrong_words(cursor, block, &wrong);
    guess_t guess = rules_guess(cursor->compiler, wrong);
    for (const clause_t *clause = block->clauses; clause->keyword; clause++) {
        rules_guess_show(&guess, cursor->compiler, span_of(clause->keyword));
    }
    rules_error(cursor->compiler, token->at, "unknown word '%s'%s", span_text(cursor->compiler->pool, wrong),
                rules_guess_hint(&guess, cursor->compiler));
    cursor->next += words;
    for (const clause_t *clause = block->clauses; clause->keyword; clause++) {
        if (guess.nearest.size && span_is(guess.nearest, clause->keyword)) return clause;
    }
    return NULL;
}

/* Whatever this statement would have declared may be named elsewhere. */
static void forgive_words(compiler_t *compiler, const statement_t *statement)
{
    for (int i = 0; i < statement->count; i++) {
        if (statement->tokens[i].kind == TOKEN_WORD) rules_forgive(compiler, statement->tokens[i].text);
    }
    for (int i = 0; statement->block && i < statement->block->nelts; i++) {
        forgive_words(compiler, APR_ARRAY_IDX(statement->block, i, const statement_t *));
    }
}

/* --- Blocks ------------------------------------------------------------------------------------------------------ */

void *rules_block_make(compiler_t *compiler, const block_t *block)
{
    char *into = apr_pcalloc(compiler->pool, block->size);
    for (const clause_t *clause = block->clauses; clause->keyword; clause++) {
        apr_array_header_t **array = (apr_array_header_t **)(void *)(into + clause->offset);
        if ((clause->flags & CLAUSE_MANY) && !*array) *array = apr_array_make(compiler->pool, 8, sizeof(given_t));
    }
    return into;
}

static void report_lacking(compiler_t *compiler, const statement_t *statement, const clause_t *of, const char *into)
{
    const char *lacking = NULL;
    const block_t *block = of->block;
    for (const clause_t *clause = block->clauses; clause->keyword; clause++) {
        if (!(clause->flags & CLAUSE_NEEDED)) continue;
        const void *slot = into + clause->offset;
        bool said = (clause->flags & CLAUSE_MANY) ? (*(apr_array_header_t *const *)slot)->nelts > 0
                                                  : ((const given_t *)slot)->at != NULL;
        if (said) continue;
        lacking = lacking ? apr_pstrcat(compiler->pool, lacking, ", ", clause->keyword, NULL) : clause->keyword;
    }
    if (!lacking) return;
    rules_error(compiler, statement->tokens[0].at, "this %s has no %s", of->keyword, lacking);
}

static void read_block(compiler_t *compiler, const statement_t *statement, const clause_t *of, void *into)
{
    bool understood = true;
    for (int i = 0; i < statement->block->nelts; i++) {
        const statement_t *inner = APR_ARRAY_IDX(statement->block, i, const statement_t *);
        const given_t *given = rules_clause_read(compiler, inner, of->block, into, false);
        if (!given || given->crowded) understood = false;
    }
    /* What could not be read may be what is lacking. */
    if (understood) report_lacking(compiler, statement, of, into);
}

static given_t *new_given(const cursor_t *cursor, const clause_t *clause, void *into)
{
    void *slot = (char *)into + clause->offset;
    if (clause->flags & CLAUSE_MANY) {
        given_t *pushed = apr_array_push(*(apr_array_header_t **)slot);
        *pushed = (given_t){0};
        return pushed;
    }
    given_t *given = slot;
    if (!given->at) return given;
    place_t at = cursor->statement->tokens[0].at;
    rules_error(cursor->compiler, at, "'%s' was said already, in %s", clause->keyword,
                rules_other_place(cursor->compiler, at, rules_given_place(given)));
    /* Read it for its own mistakes; the first one stays. */
    return apr_pcalloc(cursor->compiler->pool, sizeof *given);
}

static void read_inner(compiler_t *compiler, const statement_t *statement, const clause_t *clause, given_t *given)
{
    const token_t *last = &statement->tokens[statement->count - 1];
    if (clause->block && !statement->block) {
        place_t at = last->at;
        at.column = last->end;
        rules_error(compiler, at, "expected a block { ... } after '%s'", span_text(compiler->pool, last->text));
    } else if (!clause->block && statement->block) {
        rules_error(compiler, statement->open->at, "'%s' has no block", clause->keyword);
    }
    if (!clause->block) return;
    given->block = rules_block_make(compiler, clause->block);
    if (statement->block) read_block(compiler, statement, clause, given->block);
}

given_t *rules_clause_read(compiler_t *compiler, const statement_t *statement, const block_t *block, void *into,
                           bool may_replace)
{
    cursor_t cursor = {.compiler = compiler, .statement = statement};
    bool replaces = may_replace && statement->count > 1 && rules_take_this(&cursor, "replace");
    const clause_t *clause = find_clause(&cursor, block);
    if (!clause) clause = guess_clause(&cursor, block);
    if (!clause) {
        forgive_words(compiler, statement);
        return NULL;
    }
    given_t *given = new_given(&cursor, clause, into);
    given->at = statement;
    given->clause = clause;
    given->replaces = replaces;
    read_arguments(&cursor, clause, given);
    read_inner(compiler, statement, clause, given);
    return given;
}

/* --- What was given ---------------------------------------------------------------------------------------------- */

span_t rules_given_text(const given_t *given)
{
    return given->string ? given->string->text : (span_t){"", 0};
}

span_t rules_given_name(const given_t *given)
{
    return given->name ? given->name->text : (span_t){"", 0};
}

place_t rules_given_place(const given_t *given)
{
    return given->at->tokens[0].at;
}

place_t rules_name_place(const given_t *given)
{
    return given->name ? given->name->at : rules_given_place(given);
}

place_t rules_string_place(const given_t *given)
{
    return given->string ? given->string->at : rules_name_place(given);
}
