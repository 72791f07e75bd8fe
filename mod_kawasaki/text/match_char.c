/* SPDX-License-Identifier: Apache-2.0
 *
 * Cleans characters for comparing: compatibility forms (NFKC), invisible characters, dashes, cases. What is special to
 * addresses or names is theirs.
 */
#include "text/match_char.h"
#include "text/text.h"

#include <utf8proc.h>

#define CLUSTER_CODES 160 /* of one character and its marks, decomposed; text_is_clean allows 30 marks */

#define DECOMPOSE (UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_DECOMPOSE | UTF8PROC_IGNORE)
#define COMPOSE   (UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_COMPOSE)

bool match_is_kanji(uint32_t code)
{
    return (code >= 0x4E00 && code <= 0x9FFF) || (code >= 0x3400 && code <= 0x4DBF) || code == 0x3005 ||
           code == 0x3007 || (code >= 0xF900 && code <= 0xFAFF) || (code >= 0x20000 && code <= 0x323AF);
}

bool match_is_hiragana(uint32_t code)
{
    return code >= 0x3041 && code <= 0x309F;
}

bool match_is_katakana(uint32_t code)
{
    return glyph_is_katakana(code) || code == GLYPH_LONG_VOWEL;
}

static bool is_mark(uint32_t code)
{
    return code == 0xFF9E || code == 0xFF9F || utf8proc_get_property((utf8proc_int32_t)code)->combining_class != 0;
}

/* Neither changed by NFKC nor a mark nor left out: most of what Japanese addresses are made of. */
static bool is_plain(uint32_t code)
{
    return (code >= 0x20 && code < 0x7F) || (code >= 0x3041 && code <= 0x3096) || (code >= 0x30A1 && code <= 0x30FE) ||
           (code >= 0x4E00 && code <= 0x9FFF);
}

static bool is_digit(uint32_t code)
{
    return (code >= '0' && code <= '9') || (code >= 0xFF10 && code <= 0xFF19);
}

static bool is_latin(uint32_t code)
{
    return (code >= 0xC0 && code <= 0x24F) || (code >= 0x1E00 && code <= 0x1EFF);
}

static uint32_t cleaned(uint32_t code, match_forms_t forms)
{
    if (code >= 'a' && code <= 'z') return code - 'a' + 'A';
    if (code < 0x80) return code;
    if (is_latin(code)) return (uint32_t)utf8proc_toupper((utf8proc_int32_t)code);
    if (glyph_is_space(code)) return ' ';
    if (glyph_is_middle_dot(code)) return GLYPH_MIDDLE_DOT;
    switch (code) {
    case 0x1173: /* a Korean vowel that looks like one */
    case 0x30A0: /* a double hyphen */
    case 0x2E3B: /* three-em dash */ return '-';
    case 0x30F5: /* ヵ */
    case 0x30F6: /* ヶ */ return 0x30B1;
    case 0x2018: /* ‘ */
    case 0x2019: /* ’ */ return '\'';
    case 0x301C: /* 〜 */ return '~';
    case 0x25CB: /* ○ */
    case 0x25EF: /* ◯ */ return 0x3007;
    }
    return glyph_is_dash(code) ? '-' : match_form(code, forms);
}

typedef struct {
    apr_array_header_t *chars;
    match_forms_t forms;
    span_t text, flags; /* no flags: size 0 */
    int field;
    apr_size_t at, index; /* the next byte, and which character it begins */
} reader_t;

static void put(reader_t *reader, uint32_t code, match_char_t like)
{
    code = cleaned(code, reader->forms);
    like.code = code;
    APR_ARRAY_PUSH(reader->chars, match_char_t) = like;
}

/* Decomposed and composed again, as NFKC does it. */
static void put_cluster(reader_t *reader, uint32_t first, match_char_t like)
{
    utf8proc_int32_t codes[CLUSTER_CODES];
    const utf8proc_uint8_t *bytes = (const utf8proc_uint8_t *)reader->text.at + like.begin;
    utf8proc_ssize_t size = (utf8proc_ssize_t)(like.end - like.begin);
    utf8proc_ssize_t count = utf8proc_decompose(bytes, size, codes, CLUSTER_CODES, DECOMPOSE);
    if (count >= 0 && count <= CLUSTER_CODES) count = utf8proc_normalize_utf32(codes, count, COMPOSE);
    if (count < 0 || count > CLUSTER_CODES) {
        put(reader, first, like);
        return;
    }
    like.alone = !is_digit(first);
    for (utf8proc_ssize_t i = 0; i < count; ++i) put(reader, (uint32_t)codes[i], like);
}

static uint32_t step(reader_t *reader, bool *flagged)
{
    if (reader->index < reader->flags.size && reader->flags.at[reader->index] == '1') *flagged = true;
    ++reader->index;
    return utf8_next(reader->text, &reader->at);
}

/* A place where a line may end with a hyphen. It goes from a name, as all that is invisible; in an address it parts
 * digits. */
static bool is_soft_hyphen(const reader_t *reader, uint32_t code)
{
    return code == 0xAD && reader->forms == MATCH_PLACE;
}

/* One character with its marks. */
static void read_cluster(reader_t *reader)
{
    match_char_t like = {.field = reader->field, .begin = reader->at};
    uint32_t first = step(reader, &like.any);
    bool plain = is_plain(first);
    for (apr_size_t ahead = reader->at; ahead < reader->text.size; ahead = reader->at) {
        uint32_t next = utf8_next(reader->text, &ahead);
        if (is_soft_hyphen(reader, next) || (!is_mark(next) && !glyph_is_invisible(next))) break;
        plain = false;
        step(reader, &like.any);
    }
    like.end = reader->at;
    if (is_soft_hyphen(reader, first) && !like.any)
        put(reader, '-', like);
    else if (like.any || plain)
        put(reader, first, like);
    else
        put_cluster(reader, first, like);
}

static apr_size_t count_codes(span_t text)
{
    apr_size_t count = 0;
    for (apr_size_t at = 0; at < text.size; ++count) utf8_next(text, &at);
    return count;
}

apr_array_header_t *match_chars(const match_source_t *source, match_forms_t forms, apr_pool_t *pool)
{
    reader_t reader = {.chars = apr_array_make(pool, 64, sizeof(match_char_t)), .forms = forms};
    for (int i = 0; i < source->count; ++i) {
        reader.text = source->fields[i];
        if (!text_is_clean(reader.text)) return NULL;
        bool flagged = source->count == 1 && source->flags.size == count_codes(reader.text);
        reader.flags = flagged ? source->flags : SPAN("");
        reader.field = i;
        reader.at = reader.index = 0;
        if (i > 0) put(&reader, ' ', (match_char_t){.field = i});
        while (reader.at < reader.text.size) read_cluster(&reader);
    }
    return reader.chars;
}
