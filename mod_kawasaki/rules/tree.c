/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/tree.h"

typedef struct {
    compiler_t *compiler;
    bool guessing;        /* braces do not balance: believe the indentation too */
    statement_t *current; /* being read, or NULL */
    statement_t *last;    /* read before, in the same block, or NULL */
    int depth;
    statement_t *open[RULES_NESTING_MAX]; /* open[depth - 1] is the innermost */
    apr_array_header_t *blocks[RULES_NESTING_MAX + 1];
} reader_t;

static bool is_balanced(const apr_array_header_t *tokens)
{
    int depth = 0;
    for (int i = 0; i < tokens->nelts && depth >= 0; i++) {
        token_kind_t kind = APR_ARRAY_IDX(tokens, i, token_t).kind;
        depth += kind == TOKEN_OPEN ? 1 : kind == TOKEN_CLOSE ? -1 : 0;
    }
    return depth == 0;
}

static int column_of(const statement_t *statement)
{
    return statement->tokens[0].at.column;
}

static const char *head_of(const reader_t *reader, const statement_t *statement)
{
    const char *head = span_text(reader->compiler->pool, statement->tokens[0].text);
    if (statement->count < 2 || statement->tokens[1].kind != TOKEN_WORD) return head;
    return apr_pstrcat(reader->compiler->pool, head, " ", span_text(reader->compiler->pool, statement->tokens[1].text),
                       NULL);
}

static void open_block(reader_t *reader, statement_t *statement, const token_t *brace)
{
    statement->open = brace;
    statement->block = apr_array_make(reader->compiler->pool, 8, sizeof(statement_t *));
    reader->open[reader->depth++] = statement;
    reader->blocks[reader->depth] = statement->block;
    reader->current = reader->last = NULL;
}

static void close_block(reader_t *reader)
{
    reader->last = reader->open[--reader->depth];
    reader->current = NULL;
}

static void report_open(reader_t *reader)
{
    const statement_t *statement = reader->open[reader->depth - 1];
    rules_error(reader->compiler, statement->open->at, "the block of '%s' has no closing brace",
                head_of(reader, statement));
    close_block(reader);
}

/* A statement that begins a line, where braces do not balance: is it deeper or shallower than the braces say? */
static void follow_indentation(reader_t *reader, const token_t *token)
{
    while (reader->depth && token->at.column <= column_of(reader->open[reader->depth - 1])) report_open(reader);

    statement_t *last = reader->last;
    bool deeper = last && !last->block && token->at.line > last->tokens[last->count - 1].at.line &&
                  token->at.column > column_of(last);
    if (!deeper || reader->depth >= RULES_NESTING_MAX) return;
    const token_t *end = &last->tokens[last->count - 1];
    place_t at = end->at;
    at.column = end->end;
    rules_error(reader->compiler, at, "'{' is missing here: the lines below belong to '%s'", head_of(reader, last));
    open_block(reader, last, end);
}

static void read_word(reader_t *reader, const token_t *token)
{
    if (!reader->current) {
        if (reader->guessing && token->first) follow_indentation(reader, token);
        reader->current = apr_pcalloc(reader->compiler->pool, sizeof(statement_t));
        reader->current->tokens = token;
        APR_ARRAY_PUSH(reader->blocks[reader->depth], statement_t *) = reader->current;
    }
    reader->current->count++;
}

static void read_break(reader_t *reader)
{
    if (reader->current) reader->last = reader->current;
    reader->current = NULL;
}

/* False: what follows can't be read. */
static bool read_open(reader_t *reader, const token_t *token)
{
    if (reader->depth >= RULES_NESTING_MAX) {
        rules_error(reader->compiler, token->at, "blocks are nested deeper than %d", RULES_NESTING_MAX);
        reader->compiler->holes = true;
        return false;
    }
    /* A brace on a line of its own belongs to the line above. */
    statement_t *statement = reader->current ? reader->current : reader->last;
    if (!statement || statement->block) {
        rules_error(reader->compiler, token->at, "a block begins, but nothing says of what");
        read_word(reader, token);
        statement = reader->current;
    }
    open_block(reader, statement, token);
    return true;
}

static void read_close(reader_t *reader, const token_t *token)
{
    read_break(reader);
    if (reader->guessing && token->first) {
        while (reader->depth > 1 && token->at.column < column_of(reader->open[reader->depth - 1])) report_open(reader);
    }
    bool stray = reader->depth == 0 ||
                 (reader->guessing && token->first && token->at.column > column_of(reader->open[reader->depth - 1]));
    if (stray) {
        rules_error(reader->compiler, token->at, "this brace closes nothing");
    } else {
        close_block(reader);
    }
}

apr_array_header_t *rules_tree(compiler_t *compiler, const apr_array_header_t *tokens)
{
    reader_t reader = {.compiler = compiler, .guessing = !is_balanced(tokens)};
    reader.blocks[0] = apr_array_make(compiler->pool, 16, sizeof(statement_t *));
    for (int i = 0; i < tokens->nelts; i++) {
        const token_t *token = &APR_ARRAY_IDX(tokens, i, token_t);
        switch (token->kind) {
        case TOKEN_BREAK: read_break(&reader); break;
        case TOKEN_CLOSE: read_close(&reader, token); break;
        case TOKEN_OPEN:
            if (!read_open(&reader, token)) return apr_array_make(compiler->pool, 1, sizeof(statement_t *));
            break;
        case TOKEN_END:
            while (reader.depth) report_open(&reader);
            break;
        default: read_word(&reader, token); break;
        }
    }
    return reader.blocks[0];
}
