/* SPDX-License-Identifier: Apache-2.0
 *
 * The card's files from a directory. See files.h.
 */
#include "files.h"

#include <openssl/pem.h>
#include <stdio.h>
#include <string.h>

#define LABEL_FILE_SIZE 160
#define LABEL_SIZE      32
#define BLOCK           256 /* files are whole blocks, and end with FF behind the certificate */

static const file_t table[FILES_COUNT] = {
    {0x0006, FILE_LABEL, AUTHENTICATION, NULL},
    {0x0008, FILE_PRESENCE, AUTHENTICATION, NULL},
    {0x0001, FILE_CERTIFICATE, SIGNING, "sign.der"},
    {0x0002, FILE_AUTHORITY, SIGNING, "sign-ca.der"},
    {0x000A, FILE_CERTIFICATE, AUTHENTICATION, "auth.der"},
    {0x000B, FILE_AUTHORITY, AUTHENTICATION, "auth-ca.der"},
    {0x0017, FILE_KEY, AUTHENTICATION, "auth.key"},
    {0x0018, FILE_PIN, AUTHENTICATION, NULL},
    {0x001A, FILE_KEY, SIGNING, "sign.key"},
    {0x001B, FILE_PIN, SIGNING, NULL},
};

static FILE *open_source(const char *directory, const char *name)
{
    char path[4200];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    FILE *file = fopen(path, "rb");
    if (!file) perror(path);
    return file;
}

static bool read_key(EVP_PKEY **key, const char *directory, const char *name)
{
    FILE *file = open_source(directory, name);
    if (!file) return false;
    *key = PEM_read_PrivateKey(file, NULL, NULL, NULL);
    fclose(file);
    if (!*key) fprintf(stderr, "%s/%s: no private key\n", directory, name);
    return *key != NULL;
}

static bool read_content(content_t *content, const char *directory, const char *name)
{
    FILE *file = open_source(directory, name);
    if (!file) return false;
    size_t size = fread(content->bytes, 1, FILES_CONTENT_MAX - BLOCK, file);
    bool whole = size > 0 && fgetc(file) == EOF;
    fclose(file);
    if (!whole) fprintf(stderr, "%s/%s: empty or too long\n", directory, name);
    content->size = (size / BLOCK + 1) * BLOCK;
    memset(content->bytes + size, 0xFF, content->size - size);
    return whole;
}

bool files_read(files_t *files, const char *directory)
{
    memset(files, 0, sizeof *files);
    for (size_t i = 0; i < FILES_COUNT; i++) {
        const file_t *file = &table[i];
        if (!file->source) continue;
        bool done = file->kind == FILE_KEY ? read_key(&files->keys[file->purpose], directory, file->source)
                                           : read_content(&files->contents[i], directory, file->source);
        if (!done) return false;
    }
    return true;
}

void files_free(files_t *files)
{
    for (size_t i = 0; i < PURPOSES; i++) EVP_PKEY_free(files->keys[i]);
    memset(files, 0, sizeof *files);
}

/* An old card, or one without a certificate, lacks some files. */
static bool is_there(const settings_t *settings, const file_t *file)
{
    if (file->kind == FILE_LABEL || file->kind == FILE_PRESENCE) return true;
    setting_t certificate = setting_of(SETTING_CERTIFICATE, file->purpose);
    if (setting_is(settings, certificate, "none")) return false;
    return file->kind != FILE_CERTIFICATE || !setting_is(settings, certificate, "missing");
}

const file_t *files_find(const settings_t *settings, unsigned int id)
{
    for (size_t i = 0; i < FILES_COUNT; i++) {
        if (table[i].id == id) return is_there(settings, &table[i]) ? &table[i] : NULL;
    }
    return NULL;
}

static void make_label(const settings_t *settings, content_t *content)
{
    const char *label = setting_text(settings, SETTING_LABEL);
    size_t size = strlen(label) < LABEL_SIZE ? strlen(label) : LABEL_SIZE;
    memset(content->bytes, 0, LABEL_FILE_SIZE);
    memset(content->bytes, ' ', LABEL_SIZE);
    memcpy(content->bytes, label, size);
    content->size = LABEL_FILE_SIZE;
}

void files_content(const files_t *files, const settings_t *settings, const file_t *file, content_t *content)
{
    if (file->kind == FILE_LABEL) {
        make_label(settings, content);
    } else if (file->kind == FILE_PRESENCE) {
        content->size = setting_bytes(settings, SETTING_PRESENCE, content->bytes, FILES_CONTENT_MAX);
    } else {
        *content = files->contents[file - table];
        if (file->kind == FILE_CERTIFICATE &&
            setting_is(settings, setting_of(SETTING_CERTIFICATE, file->purpose), "blank"))
            memset(content->bytes, 0xFF, content->size);
    }
}
