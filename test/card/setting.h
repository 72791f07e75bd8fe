/* SPDX-License-Identifier: Apache-2.0
 *
 * What can be set on the test card, and what a real card would remember without power: names and values as text, kept
 * in the file `state` of the card's directory. Not for what a command does with them (card.c).
 */
#ifndef CARD_SETTING_H
#define CARD_SETTING_H

#include <stdbool.h>
#include <stddef.h>

#define SETTING_MAX 80

/* The two keys of the card; each has settings of its own, in this order. */
typedef enum { AUTHENTICATION, SIGNING, PURPOSES } purpose_t;

typedef enum {
    SETTING_PIN,
    SETTING_PIN_OF_SIGNING,
    SETTING_TRIES,
    SETTING_TRIES_OF_SIGNING,
    SETTING_CERTIFICATE,
    SETTING_CERTIFICATE_OF_SIGNING,
    SETTING_LABEL,
    SETTING_PRESENCE,
    SETTING_ATR,
    SETTING_BLOCKED,
    SETTING_BLOCKED_QUERY,
    SETTING_READ_PARTS,
    SETTING_SIGN_PARTS,
    SETTING_EXACT,
    SETTING_RESET,
    SETTINGS
} setting_t;

typedef struct {
    char values[SETTINGS][SETTING_MAX];
    char path[4096];
} settings_t;

/* Defaults, then the file's lines `NAME VALUE`; no file is no error. False: a line that is not understood. */
bool setting_read(settings_t *settings, const char *path);

/* Into the file too, before it returns. False: no such name, a value that is none, or a file that can't be written. */
bool setting_change(settings_t *settings, const char *name, const char *value);
bool setting_store(settings_t *settings, setting_t setting, const char *value);

/* NULL: no such name. */
const char *setting_named(const settings_t *settings, const char *name);

const char *setting_text(const settings_t *settings, setting_t setting);
bool setting_is(const settings_t *settings, setting_t setting, const char *value);
unsigned int setting_number(const settings_t *settings, setting_t setting);
unsigned int setting_status(const settings_t *settings, setting_t setting); /* of four hexadecimal digits */
size_t setting_bytes(const settings_t *settings, setting_t setting, unsigned char *bytes, size_t room);

/* The setting of that key: SETTING_PIN, SETTING_TRIES or SETTING_CERTIFICATE. */
setting_t setting_of(setting_t setting, purpose_t purpose);

#endif
