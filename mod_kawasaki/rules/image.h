/* SPDX-License-Identifier: Apache-2.0
 *
 * The rule image: what a compiled rule file is in memory, on disk and in shared memory. Offsets only, so that it works
 * at any address; every structure below stands in it as it is here (little-endian, 4-byte fields). rules/verify.c
 * checks all of it before anything is believed.
 *
 *   +--------+------+-------+---------+-----+---------+---------+
 *   | header | city | kinds | notices | ... | entries | strings |
 *   +--------+------+-------+---------+-----+---------+---------+
 *            ^ header.tables[RULES_CITY] = {offset, count}; tables stand in the order of rules_table_t, each at the
 *              next multiple of 8 behind the one before: an image has one form only (layout.h)
 *
 * Indexes (uint32_t) point into a table; RULES_NONE is no entry. What belongs to something (the fields of a form, the
 * options of choices) stands in the order of the owners, without a gap.
 */
#ifndef RULES_IMAGE_H
#define RULES_IMAGE_H

#include <stdint.h>

#define RULES_MAGIC       "KWRULES\n"
#define RULES_LAYOUT      4u /* raise with every change to this file */
#define RULES_NONE        UINT32_MAX
#define RULES_IMAGE_MAX   (512u * 1024u) /* bytes: the size of a slot in shared memory */
#define RULES_FIELDS_MAX  64u            /* fields of one form */
#define RULES_OPTIONS_MAX 256u           /* options of one choices */
#define RULES_SECRET_MAX  256u           /* bytes of a secret, whatever its rules say */
#define RULES_CODE_MAX    64u            /* words of one condition */
#define RULES_STACK_MAX   16u            /* depth of its stack */
#define RULES_COUNTS_MAX  4u             /* counts of one limit */
#define RULES_LOCKS_MAX   6u             /* growing locks of one count */
#define RULES_TRIES_MAX   100000u        /* threshold of one count */
#define RULES_ADDRESS     5u             /* fields of an address, in the order of text/match.h */

typedef enum {
    RULES_CITY, /* exactly one rules_city_t */
    RULES_KINDS,
    RULES_NOTICES,
    RULES_MESSAGES, /* rules_text_t, indexed by rules_message_t: all present */
    RULES_CHOICES,
    RULES_OPTIONS,
    RULES_LIMITS,
    RULES_COUNTS,
    RULES_LOCKOUTS,
    RULES_CERTIFICATES,
    RULES_TERMS, /* one rules_terms_t, or none */
    RULES_ARTICLES,
    RULES_REFUSALS,
    RULES_RETENTIONS,
    RULES_FORMS,
    RULES_SECTIONS,
    RULES_ITEMS,
    RULES_FIELDS,
    RULES_CHECKS,
    RULES_CODE, /* rules_word_t */
    RULES_PATTERNS,
    RULES_LISTS,
    RULES_ENTRIES, /* rules_ref_t: what lists point to, and the strings of conditions */
    RULES_STRINGS, /* bytes, UTF-8 */
    RULES_TABLES
} rules_table_t;

typedef struct {
    uint32_t offset; /* from the image's start */
    uint32_t count;  /* entries; bytes for RULES_STRINGS */
} rules_extent_t;

typedef struct {
    char magic[8];
    uint32_t layout;
    uint32_t size; /* of the whole image, bytes */
    uint64_t hash; /* SipHash-2-4, fixed key, of everything behind this field: finds accidents, not enemies */
    rules_extent_t tables[RULES_TABLES];
} rules_header_t;

typedef struct {
    uint32_t at, size; /* bytes in RULES_STRINGS; {0, 0} is the empty string */
} rules_ref_t;

typedef struct {
    rules_ref_t ja; /* what residents read; other languages will stand beside it */
} rules_text_t;

typedef struct {
    rules_ref_t id; /* "kawasaki": names cookies, limiter keys and rows */
    rules_text_t name, service, contact;
    uint32_t idle, lasts, warn; /* of a session, seconds */
    uint32_t draft;             /* how long a half-filled form is kept, seconds */
} rules_city_t;

typedef struct {
    rules_ref_t name; /* "card" */
    rules_text_t word;
    uint32_t level;
    rules_ref_t signs_with, logs_in_with; /* certificates by name; empty: none */
} rules_kind_t;

typedef struct {
    rules_ref_t name;
    rules_text_t say;
    int64_t from, until; /* seconds since 1970 UTC; shown while from <= now < until */
} rules_notice_t;

typedef struct {
    rules_ref_t name;
    uint32_t first_option, option_count;
    rules_text_t empty; /* what a select shows before one was chosen, or empty */
} rules_choices_t;

typedef struct {
    rules_ref_t code;           /* what is stored */
    rules_text_t word, heading; /* heading: of the group that begins with this option, or empty */
} rules_option_t;

#define RULES_LOCK_COUNTER UINT32_MAX /* in place of seconds: until the counter unlocks */

typedef enum { RULES_PER_ACCOUNT, RULES_PER_ADDRESS } rules_per_t;

typedef struct {
    rules_ref_t rule; /* "password/1": for rows, logs, explanations; stable as long as the line keeps its place */
    uint32_t per;     /* rules_per_t */
    uint32_t threshold;
    uint32_t window;                 /* seconds that a failure counts; 0: until the owner's own next success */
    uint32_t locks[RULES_LOCKS_MAX]; /* seconds or RULES_LOCK_COUNTER; the last one repeats; behind it 0 */
    uint32_t lock_count;
} rules_count_t;

typedef struct {
    rules_ref_t name; /* "password" */
    uint32_t first_count, count_count;
    rules_text_t locked;         /* {until} is filled in when it is said */
    rules_text_t locked_counter; /* when only the counter can unlock */
    rules_text_t busy;           /* other tries are under way, nothing is locked */
    rules_ref_t source;
} rules_limit_t;

/* To whom a lockout forbids something: the certificate that did the act, or its holder with any other one too. */
typedef enum { RULES_BINDS_CERTIFICATE, RULES_BINDS_PERSON } rules_binds_t;

typedef struct {
    rules_ref_t name; /* "re-registration" */
    uint32_t lasts;   /* seconds */
    uint32_t binds;   /* rules_binds_t */
    rules_text_t say; /* {until} is filled in when it is said */
    rules_ref_t source;
} rules_lockout_t;

/* What a certificate may open: bits of rules_certificate_t.doors. */
typedef enum { RULES_DOOR_LOG_IN = 1, RULES_DOOR_SIGN = 2, RULES_DOORS = 3 } rules_door_t;

/* Who is asked whether it was revoked. */
typedef enum { RULES_REVOCATION_LIST, RULES_REVOCATION_RESPONDER, RULES_REVOCATION_NOBODY } rules_revocation_t;

typedef struct {
    rules_ref_t name; /* "jpki-signing": one of RULES_CERTIFICATES_LIST */
    rules_text_t label;
    uint32_t doors;       /* one at least */
    uint32_t revocation;  /* rules_revocation_t */
    uint32_t fresh;       /* seconds that an answer may be old; 0: as long as it says itself */
    uint32_t provisional; /* 1: accepted also when nobody can say whether it was revoked */
    rules_ref_t source;
} rules_certificate_t;

/* What one agrees to before one registers. */
typedef struct {
    rules_ref_t version; /* kept with the consent */
    uint32_t first_article, article_count;
    rules_ref_t source;
} rules_terms_t;

typedef struct {
    rules_text_t heading; /* of the group that begins with this paragraph, or empty */
    rules_text_t text;
} rules_article_t;

typedef enum { RULES_ACT_DELETE, RULES_ACTS } rules_act_t;

/* States of an application: bits of rules_refusal_t.states. */
typedef enum {
    RULES_STATE_RECEIVED = 1,
    RULES_STATE_EXAMINATION = 2,
    RULES_STATE_EXAMINED = 4,
    RULES_STATES = 7
} rules_state_t;

/* An act that is refused while the account has applications in one of these states. */
typedef struct {
    rules_ref_t name; /* "pending-applications" */
    uint32_t act;     /* rules_act_t */
    uint32_t states;  /* one at least */
    rules_text_t say; /* {count} is filled in when it is said */
    rules_ref_t rule; /* "refuse-delete/pending-applications" */
    rules_ref_t source;
} rules_refusal_t;

typedef struct {
    rules_ref_t name; /* "evidence" */
    uint32_t lasts;   /* seconds after the account was deleted */
    rules_ref_t source;
} rules_retention_t;

typedef struct {
    rules_ref_t name; /* "card.edit" */
    rules_text_t title, confirm, done;
    uint32_t kind; /* whose login it needs; RULES_NONE: nobody's (a log-in form) */
    uint32_t first_section, section_count;
    uint32_t first_field, field_count; /* consecutive: index - first_field is the index in rules_eval's arrays */
    /* Fields that are an address together, by their index in the form, in the order of text/match.h: they must be the
     * fact account.address. All RULES_NONE, and no rule, where there is no address. */
    uint32_t address[RULES_ADDRESS];
    rules_ref_t address_rule; /* "jpki.register/address" */
    rules_text_t address_say;
    uint32_t post_code; /* index in the form of the field that the address can be filled in from; or RULES_NONE */
    rules_ref_t source;
} rules_form_t;

typedef struct {
    rules_ref_t name;
    rules_text_t title, note;
    uint32_t first_item, item_count;
} rules_section_t;

typedef enum { RULES_SHOW, RULES_FIELD } rules_item_kind_t;
typedef enum { RULES_AS_TEXT, RULES_AS_DATE } rules_format_t;

typedef struct {
    uint32_t kind;      /* rules_item_kind_t */
    uint32_t index;     /* RULES_SHOW: rules_fact_t; RULES_FIELD: of the field */
    uint32_t format;    /* RULES_SHOW: rules_format_t */
    rules_text_t label; /* RULES_SHOW only: a field has its own */
} rules_item_t;

typedef enum {
    RULES_INPUT,    /* a line of text of `type` */
    RULES_SECRET,   /* never shown again, never stored as it is, never in a draft */
    RULES_CHECKBOX, /* "yes" or empty */
    RULES_SELECT,   /* one option's code */
    RULES_MANY      /* option codes in the order of the choices, one space between */
} rules_control_t;

#define RULES_REQUIRED      1u /* mark: * */
#define RULES_REQUIRED_WHEN 2u /* mark: ◎ */
#define RULES_NOT_STORED    4u /* a repetition: equals another field */

typedef struct {
    rules_ref_t name; /* "kana": also the parameter's name and the account field's */
    rules_text_t label, hint;
    rules_text_t option;   /* RULES_CHECKBOX: the word beside the box */
    rules_text_t unticked; /* RULES_CHECKBOX, RULES_MANY: the word for none ticked, on pages to read; or empty */
    rules_ref_t example, autocomplete, preset;
    rules_ref_t type; /* name of a text type (text/text.h); empty for a RULES_SECRET that may hold anything */
    uint32_t control; /* rules_control_t */
    uint32_t flags;
    uint32_t max;     /* longest value in characters, 0 where there is no such limit: HTML's maxlength is not set from
                         it, the check says it */
    uint32_t choices; /* RULES_SELECT, RULES_MANY; else RULES_NONE */
    uint32_t first_check, check_count; /* by kind, one of each at most; the first that fails speaks */
} rules_field_t;

/* Those up to ALL_OR_NONE, and EQUALS, look at empty values too; the rest pass them. */
typedef enum {
    RULES_CHECK_REQUIRED,
    RULES_CHECK_REQUIRED_WHEN, /* a: first word, b: words */
    RULES_CHECK_ALL_OR_NONE,   /* a: first word, b: words, all RULES_OP_FIELD: the group, this field among it */
    RULES_CHECK_TEXT,          /* the type's own test; every RULES_INPUT and RULES_SECRET has it */
    RULES_CHECK_MIN,           /* a: characters */
    RULES_CHECK_MAX,           /* a: characters */
    RULES_CHECK_PATTERN,       /* a: pattern; the whole value must match */
    RULES_CHECK_ONE_OF,        /* the field's choices; every other control has it */
    RULES_CHECK_NOT_IN,        /* a: list; ASCII case aside */
    RULES_CHECK_EQUALS,        /* a: field (table index); passes while that one is wrong itself */
    RULES_CHECK_DIFFERS,       /* a: field; empty values never collide */
    RULES_CHECKS_END
} rules_check_kind_t;

typedef struct {
    uint32_t kind; /* rules_check_kind_t */
    uint32_t a, b;
    rules_ref_t rule; /* "card.edit/kana/required": for logs and explanations */
    rules_text_t say; /* complete: {label} and the like are filled in by the compiler */
} rules_check_t;

typedef enum {
    RULES_OP_FIELD,  /* push the value of field a (table index) */
    RULES_OP_FACT,   /* push fact a */
    RULES_OP_STRING, /* push the string a: index in entries */
    RULES_OP_EQUAL,  /* pop two values, push a truth */
    RULES_OP_UNEQUAL,
    RULES_OP_HAS, /* pop a code and a RULES_MANY value, push a truth */
    RULES_OP_AND, /* pop two truths, push one */
    RULES_OP_OR,
    RULES_OP_NOT,
    RULES_OPS
} rules_op_t;

typedef struct {
    uint32_t op, a;
} rules_word_t;

typedef struct {
    rules_ref_t source; /* PCRE2, compiled with UTF, UCP, anchored at both ends */
} rules_pattern_t;

typedef struct {
    rules_ref_t name;                  /* of its file */
    uint32_t first_entry, entry_count; /* ASCII in lower case, sorted by bytes */
} rules_list_t;

#endif
