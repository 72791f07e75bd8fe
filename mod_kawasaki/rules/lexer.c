/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/lexer.h"

#include "rules/instant.h"
#include "text/text.h"

#define NUMBER_MAX 1000000000 /* no rule needs more, and sums of two stay in 32 bits */

typedef struct {
    compiler_t *compiler;
    const source_t *source;
    const char *at, *end;
    int line, column;
    bool fresh; /* no token on this line yet */
    apr_array_header_t *tokens;
} lexer_t;

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_continuation(char c)
{
    return ((unsigned char)c & 0xc0) == 0x80;
}

static apr_size_t left(const lexer_t *lexer)
{
    return (apr_size_t)(lexer->end - lexer->at);
}

static bool looking_at(const lexer_t *lexer, const char *text)
{
    apr_size_t size = strlen(text);
    return left(lexer) >= size && memcmp(lexer->at, text, size) == 0;
}

static place_t here(const lexer_t *lexer)
{
    return (place_t){lexer->source, lexer->line, lexer->column};
}

static void skip(lexer_t *lexer, apr_size_t bytes)
{
    for (; bytes; bytes--, lexer->at++) {
        if (!is_continuation(*lexer->at)) lexer->column++;
    }
}

static token_t *last_token(const lexer_t *lexer)
{
    int count = lexer->tokens->nelts;
    return count ? &APR_ARRAY_IDX(lexer->tokens, count - 1, token_t) : NULL;
}

/* Takes the next `bytes` as a token. */
static token_t *push(lexer_t *lexer, token_kind_t kind, apr_size_t bytes)
{
    token_t *token = apr_array_push(lexer->tokens);
    *token = (token_t){.kind = kind, .first = lexer->fresh, .at = here(lexer), .text = {lexer->at, bytes}};
    token->raw = token->text;
    skip(lexer, bytes);
    token->end = lexer->column;
    lexer->fresh = false;
    return token;
}

static void lex_word(lexer_t *lexer)
{
    apr_size_t size = 1;
    while (size < left(lexer)) {
        char c = lexer->at[size];
        /* Two dots are the sign of a range, never a word's. */
        bool dot = c == '.' && !(size + 1 < left(lexer) && lexer->at[size + 1] == '.');
        if (!is_letter(c) && !is_digit(c) && c != '-' && !dot) break;
        size++;
    }
    push(lexer, TOKEN_WORD, size);
}

/* Everything up to the next blank or sign. */
static apr_size_t strange_size(const lexer_t *lexer)
{
    apr_size_t size = 1;
    while (size < left(lexer) && !strchr(" \t\r\n{};,", lexer->at[size])) size++;
    return size;
}

static void lex_instant(lexer_t *lexer, apr_size_t size, int64_t seconds)
{
    token_t *token = push(lexer, TOKEN_INSTANT, size);
    token->number = seconds;
    if (seconds != RULES_INSTANT_WRONG) return;
    rules_error(lexer->compiler, token->at, "there is no such day or time");
    token->kind = TOKEN_BROKEN;
}

static void lex_number(lexer_t *lexer)
{
    apr_size_t size = 0;
    int64_t number = 0;
    for (; size < left(lexer) && is_digit(lexer->at[size]); size++) {
        if (number <= NUMBER_MAX) number = number * 10 + (lexer->at[size] - '0');
    }
    bool ends = size == left(lexer) || strchr(" \t\r\n{};,.)#", lexer->at[size]);
    token_t *token = push(lexer, TOKEN_NUMBER, ends ? size : strange_size(lexer));
    token->number = number;
    if (ends && number <= NUMBER_MAX) return;
    token->kind = TOKEN_BROKEN;
    if (ends) {
        rules_error(lexer->compiler, token->at, "this number is too large");
    } else {
        rules_error(lexer->compiler, token->at, "'%s' is no number; a day and time is written 2026-12-29 00:00",
                    span_text(lexer->compiler->pool, token->text));
    }
}

/* The string's bytes up to its closing quote or the end of the line; *closed says which. */
static apr_size_t string_size(const lexer_t *lexer, bool *closed)
{
    apr_size_t size = 1;
    *closed = false;
    for (; size < left(lexer) && lexer->at[size] != '\n'; size++) {
        if (lexer->at[size] == '"') {
            *closed = true;
            return size + 1;
        }
        if (lexer->at[size] == '\\' && size + 1 < left(lexer) && lexer->at[size + 1] != '\n') size++;
    }
    /* What ends the line is likelier a brace than the sentence's last letter: so its block is not lost as well. */
    while (size > 1 && strchr(" \t\r{};", lexer->at[size - 1])) size--;
    return size;
}

static void unescape(lexer_t *lexer, token_t *token)
{
    if (!memchr(token->raw.at, '\\', token->raw.size)) {
        token->text = token->raw;
        return;
    }
    char *text = apr_palloc(lexer->compiler->pool, token->raw.size + 1);
    apr_size_t size = 0;
    for (apr_size_t i = 0; i < token->raw.size; i++) {
        if (token->raw.at[i] == '\\') i++;
        text[size++] = token->raw.at[i];
    }
    text[size] = '\0';
    token->text = (span_t){text, size};
    for (apr_size_t i = 0, at = 0; i < token->raw.size; i++, at++) {
        if (token->raw.at[i] != '\\') continue;
        i++;
        if (token->raw.at[i] == '"' || token->raw.at[i] == '\\') continue;
        rules_error(lexer->compiler, rules_place_in(token, at), "in a string, \\ stands before \" or \\ only");
        token->kind = TOKEN_BROKEN;
        return;
    }
}

static void lex_string(lexer_t *lexer)
{
    bool closed;
    /* A long sentence may stand on a line of its own, below its word. */
    const token_t *last = last_token(lexer);
    if (last && last->kind == TOKEN_BREAK && last->at.line + 1 == lexer->line && lexer->fresh) {
        apr_array_pop(lexer->tokens);
    }
    token_t *token = push(lexer, TOKEN_STRING, string_size(lexer, &closed));
    if (!closed) {
        rules_error(lexer->compiler, token->at, "this string has no closing quote");
        token->kind = TOKEN_BROKEN;
        return;
    }
    token->raw = (span_t){token->raw.at + 1, token->raw.size - 2};
    unescape(lexer, token);
    if (text_is_clean(token->text)) return;
    rules_error(lexer->compiler, token->at, "too many combining marks on one letter");
    token->kind = TOKEN_BROKEN;
}

static void lex_strange(lexer_t *lexer)
{
    static const char ideographic_space[] = "\xe3\x80\x80";
    if (looking_at(lexer, ideographic_space)) {
        rules_error(lexer->compiler, here(lexer), "a full-width space; write a half-width one");
        skip(lexer, 3);
        return;
    }
    token_t *token = push(lexer, TOKEN_BROKEN, strange_size(lexer));
    rules_error(lexer->compiler, token->at, "'%s' is no word; sentences stand between \"quotes\"",
                span_text(lexer->compiler->pool, token->text));
}

/* After these, the next line goes on with the same fact. */
static bool goes_on(const token_t *last)
{
    static const char *const signs[] = {",", "and", "or", "not", "=", "!=", "("};
    for (apr_size_t i = 0; i < sizeof signs / sizeof signs[0]; i++) {
        if (rules_token_is(last, signs[i])) return true;
    }
    return false;
}

/* A fact ends with its line, unless that line ends as if more followed. */
static void lex_break(lexer_t *lexer, bool newline)
{
    const token_t *last = last_token(lexer);
    if (!last || last->kind == TOKEN_BREAK) return;
    if (newline && goes_on(last)) return;
    token_t *token = apr_array_push(lexer->tokens);
    *token = (token_t){.kind = TOKEN_BREAK, .at = here(lexer), .end = lexer->column, .text = {"", 0}, .raw = {"", 0}};
}

static void lex_newline(lexer_t *lexer)
{
    lex_break(lexer, true);
    lexer->at++;
    lexer->line++;
    lexer->column = 1;
    lexer->fresh = true;
}

static void lex_one(lexer_t *lexer)
{
    char c = *lexer->at;
    int64_t seconds;
    apr_size_t instant = rules_instant_read((span_t){lexer->at, left(lexer)}, &seconds);
    if (instant) {
        lex_instant(lexer, instant, seconds);
    } else if (c == '\n') {
        lex_newline(lexer);
    } else if (c == ' ' || c == '\t' || c == '\r') {
        skip(lexer, 1);
    } else if (c == '#') {
        while (left(lexer) && *lexer->at != '\n') skip(lexer, 1);
    } else if (c == ';') {
        lex_break(lexer, false);
        skip(lexer, 1);
    } else if (is_letter(c)) {
        lex_word(lexer);
    } else if (is_digit(c)) {
        lex_number(lexer);
    } else if (c == '"') {
        lex_string(lexer);
    } else if (c == '{' || c == '}') {
        push(lexer, c == '{' ? TOKEN_OPEN : TOKEN_CLOSE, 1);
    } else if (looking_at(lexer, "..") || looking_at(lexer, "!=")) {
        push(lexer, TOKEN_SIGN, 2);
    } else if (c && strchr(",=()", c)) {
        push(lexer, TOKEN_SIGN, 1);
    } else {
        lex_strange(lexer);
    }
}

static apr_size_t character_size(const char *at, apr_size_t left_over)
{
    apr_size_t size = 1;
    while (size < left_over && is_continuation(at[size])) size++;
    return size;
}

/* Finds the first character that no rule file may hold; false when there is none. */
static bool find_unclean(lexer_t *lexer)
{
    while (left(lexer)) {
        apr_size_t size = character_size(lexer->at, left(lexer));
        if (*lexer->at == '\n') {
            lexer->line++;
            lexer->column = 0;
        } else if (*lexer->at != '\t' && !looking_at(lexer, "\r\n") && !text_is_clean((span_t){lexer->at, size})) {
            return true;
        }
        lexer->at += size;
        lexer->column++;
    }
    return false;
}

static bool is_clean(lexer_t *lexer)
{
    lexer_t scout = *lexer;
    if (!find_unclean(&scout)) return true;
    unsigned char byte = (unsigned char)*scout.at;
    if (byte < 0x20 || byte == 0x7f) {
        rules_error(lexer->compiler, here(&scout), "a control character (0x%02x)", byte);
    } else {
        rules_error(lexer->compiler, here(&scout), "this is not UTF-8; save the file as UTF-8");
    }
    lexer->compiler->holes = true;
    return false;
}

apr_array_header_t *rules_lex(compiler_t *compiler, const source_t *source)
{
    lexer_t lexer = {.compiler = compiler,
                     .source = source,
                     .at = source->bytes.at,
                     .end = source->bytes.at + source->bytes.size,
                     .line = 1,
                     .column = 1,
                     .fresh = true,
                     .tokens = apr_array_make(compiler->pool, 256, sizeof(token_t))};
    if (is_clean(&lexer)) {
        while (left(&lexer)) lex_one(&lexer);
    }
    lex_break(&lexer, false);
    push(&lexer, TOKEN_END, 0);
    return lexer.tokens;
}

bool rules_token_is(const token_t *token, const char *text)
{
    return (token->kind == TOKEN_WORD || token->kind == TOKEN_SIGN) && span_is(token->text, text);
}

place_t rules_place_in(const token_t *string, apr_size_t offset)
{
    place_t place = string->at;
    place.column++;
    for (apr_size_t i = 0; i < string->raw.size && offset; i++, offset--) {
        if (string->raw.at[i] == '\\' && i + 1 < string->raw.size) {
            i++;
            place.column++;
        }
        if (i + 1 >= string->raw.size || !is_continuation(string->raw.at[i + 1])) place.column++;
    }
    return place;
}
