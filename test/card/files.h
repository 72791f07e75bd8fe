/* SPDX-License-Identifier: Apache-2.0
 *
 * The elementary files of the JPKI application: which there are, what is in them and which PIN opens them. Not for the
 * commands on them (card.c).
 */
#ifndef CARD_FILES_H
#define CARD_FILES_H

#include "setting.h"

#include <openssl/evp.h>

typedef enum { FILE_LABEL, FILE_PRESENCE, FILE_CERTIFICATE, FILE_AUTHORITY, FILE_KEY, FILE_PIN } file_kind_t;

typedef struct {
    unsigned int id;
    file_kind_t kind;
    purpose_t purpose;  /* whose certificate, key or PIN */
    const char *source; /* its file in the card's directory; NULL: made from settings */
} file_t;

#define FILES_COUNT       10
#define FILES_CONTENT_MAX 8192

typedef struct {
    unsigned char bytes[FILES_CONTENT_MAX];
    size_t size;
} content_t;

typedef struct {
    content_t contents[FILES_COUNT];
    EVP_PKEY *keys[PURPOSES];
} files_t;

/* From DIR/{auth,sign}.der, {auth,sign}-ca.der and {auth,sign}.key (PEM). False, with a line on stderr: one is missing
 * or no key. files_free afterwards, in both cases. */
bool files_read(files_t *files, const char *directory);
void files_free(files_t *files);

/* NULL: the card has no such file. */
const file_t *files_find(const settings_t *settings, unsigned int id);

/* What READ BINARY reads of it; a size of 0: keys and PINs can't be read. */
void files_content(const files_t *files, const settings_t *settings, const file_t *file, content_t *content);

#endif
