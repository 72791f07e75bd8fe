/* SPDX-License-Identifier: Apache-2.0
 *
 * The card's commands. See card.h.
 */
#include "card.h"

#include <openssl/rsa.h>
#include <stdio.h>
#include <string.h>

#define OK                  0x9000
#define WRONG_LENGTH        0x6700
#define NOT_VERIFIED        0x6982
#define NO_CURRENT_FILE     0x6986
#define NOT_FOUND           0x6A82
#define WRONG_PARAMETERS    0x6A86
#define WRONG_DATA          0x6A80
#define WRONG_OFFSET        0x6B00
#define UNKNOWN_INSTRUCTION 0x6D00
#define INTERNAL            0x6F00

static const unsigned int tries_of_new_pin[PURPOSES] = {3, 5};
static const size_t pin_min[PURPOSES] = {4, 6};
static const size_t pin_max[PURPOSES] = {4, 16};

enum { NO_APPLICATION, JPKI, CARD_FACE };

typedef struct {
    unsigned char bytes[16];
    size_t size;
    int application;
} aid_t;

/* The second one has no files here: it is on every card, and a client that reads it for the first one will notice. */
static const aid_t aids[] = {
    {{0xD3, 0x92, 0xF0, 0x00, 0x26, 0x01, 0x00, 0x00, 0x00, 0x01}, 10, JPKI},
    {{0xD3, 0x92, 0x10, 0x00, 0x31, 0x00, 0x01, 0x01, 0x04, 0x08}, 10, CARD_FACE},
};

/* --- SELECT --- */

static unsigned int select_application(card_t *card, const command_t *command)
{
    for (size_t i = 0; i < sizeof aids / sizeof *aids; i++) {
        if (command->size != aids[i].size || memcmp(command->data, aids[i].bytes, aids[i].size) != 0) continue;
        card_power_off(card);
        card->application = aids[i].application;
        return OK;
    }
    return NOT_FOUND;
}

static unsigned int select_file(card_t *card, const command_t *command)
{
    if (command->size != 2) return WRONG_LENGTH;
    unsigned int id = (unsigned int)command->data[0] << 8 | command->data[1];
    const file_t *file = card->application == JPKI ? files_find(&card->settings, id) : NULL;
    if (!file) return NOT_FOUND;
    card->current = file;
    return OK;
}

static unsigned int do_select(card_t *card, const command_t *command, response_t *response)
{
    (void)response;
    if (command->p1 == 0x04) {
        unsigned int status = select_application(card, command);
        return status == OK && command->p2 != 0x0C ? WRONG_PARAMETERS : status;
    }
    if (command->p1 != 0x02) return NOT_FOUND;
    return command->p2 == 0x0C ? select_file(card, command) : WRONG_PARAMETERS;
}

/* --- READ BINARY --- */

static unsigned int do_read(card_t *card, const command_t *command, response_t *response)
{
    const file_t *file = card->current;
    if (!file) return NO_CURRENT_FILE;
    if (command->p1 & 0x80) return WRONG_PARAMETERS;
    if (command->size > 0 || command->expected == 0) return WRONG_LENGTH;
    if (file->kind == FILE_CERTIFICATE && file->purpose == SIGNING && !card->verified[SIGNING]) return NOT_VERIFIED;
    content_t content;
    files_content(&card->files, &card->settings, file, &content);
    size_t offset = (size_t)command->p1 << 8 | command->p2;
    if (content.size == 0) return NOT_VERIFIED;
    if (offset >= content.size) return WRONG_OFFSET;
    size_t rest = content.size - offset;
    response->size = rest < command->expected ? rest : command->expected;
    memcpy(response->data, content.bytes + offset, response->size);
    return OK;
}

/* --- VERIFY, CHANGE REFERENCE DATA --- */

static unsigned int tries_left(const card_t *card, purpose_t purpose)
{
    return setting_number(&card->settings, setting_of(SETTING_TRIES, purpose));
}

static bool set_tries(card_t *card, purpose_t purpose, unsigned int tries)
{
    char text[16];
    snprintf(text, sizeof text, "%u", tries);
    return setting_store(&card->settings, setting_of(SETTING_TRIES, purpose), text);
}

static unsigned int query(const card_t *card, purpose_t purpose)
{
    unsigned int tries = tries_left(card, purpose);
    return tries > 0 ? 0x63C0 | tries : setting_status(&card->settings, SETTING_BLOCKED_QUERY);
}

static bool is_pin(const card_t *card, purpose_t purpose, const command_t *command)
{
    const char *pin = setting_text(&card->settings, setting_of(SETTING_PIN, purpose));
    return command->size == strlen(pin) && memcmp(pin, command->data, command->size) == 0;
}

/* The file of a PIN is selected and P2 points to it. */
static bool at_pin(const card_t *card, const command_t *command)
{
    return card->current && card->current->kind == FILE_PIN && command->p2 == 0x80;
}

static unsigned int do_verify(card_t *card, const command_t *command, response_t *response)
{
    (void)response;
    if (!at_pin(card, command) || command->p1 != 0x00) return WRONG_PARAMETERS;
    if (command->expected > 0) return WRONG_LENGTH;
    purpose_t purpose = card->current->purpose;
    if (command->size == 0) return query(card, purpose);
    unsigned int tries = tries_left(card, purpose);
    card->verified[purpose] = false;
    if (tries == 0) return setting_status(&card->settings, SETTING_BLOCKED);
    /* Spent before the comparison: pulling the card does not win a try. */
    if (!set_tries(card, purpose, tries - 1)) return INTERNAL;
    if (!is_pin(card, purpose, command)) {
        return tries > 1 ? 0x63C0 | (tries - 1) : setting_status(&card->settings, SETTING_BLOCKED);
    }
    card->verified[purpose] = set_tries(card, purpose, tries_of_new_pin[purpose]);
    return card->verified[purpose] ? OK : INTERNAL;
}

static bool is_form_of_pin(purpose_t purpose, const char *pin)
{
    const char *letters = purpose == SIGNING ? "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ" : "0123456789";
    size_t size = strlen(pin);
    return size >= pin_min[purpose] && size <= pin_max[purpose] && strspn(pin, letters) == size;
}

static unsigned int do_change(card_t *card, const command_t *command, response_t *response)
{
    (void)response;
    if (!at_pin(card, command) || command->p1 != 0x01) return WRONG_PARAMETERS;
    purpose_t purpose = card->current->purpose;
    if (!card->verified[purpose]) return NOT_VERIFIED;
    char pin[SETTING_MAX] = "";
    if (command->size >= sizeof pin) return WRONG_LENGTH;
    if (command->size > 0) memcpy(pin, command->data, command->size);
    if (strlen(pin) != command->size || !is_form_of_pin(purpose, pin)) return WRONG_DATA;
    return setting_store(&card->settings, setting_of(SETTING_PIN, purpose), pin) ? OK : INTERNAL;
}

/* --- PERFORM SECURITY OPERATION: a signature --- */

static bool sign(EVP_PKEY *key, const command_t *command, response_t *response)
{
    response->size = sizeof response->data;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key, NULL);
    bool done = context && EVP_PKEY_sign_init(context) > 0 &&
                EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) > 0 &&
                EVP_PKEY_sign(context, response->data, &response->size, command->data, command->size) > 0;
    EVP_PKEY_CTX_free(context);
    if (!done) response->size = 0;
    return done;
}

static unsigned int do_sign(card_t *card, const command_t *command, response_t *response)
{
    if (command->cla != 0x80 || command->p1 != 0x00 || command->p2 != 0x80) return WRONG_PARAMETERS;
    if (!card->current || card->current->kind != FILE_KEY) return NO_CURRENT_FILE;
    purpose_t purpose = card->current->purpose;
    if (!card->verified[purpose]) return NOT_VERIFIED;
    if (command->size == 0 || command->expected == 0) return WRONG_LENGTH;
    if (!sign(card->files.keys[purpose], command, response)) return WRONG_DATA;
    if (response->size <= command->expected) return OK;
    unsigned int right_length = (unsigned int)response->size & 0xFF;
    response->size = 0;
    return 0x6C00 | right_length;
}

/* --- The card --- */

typedef struct {
    unsigned char cla, ins;
    unsigned int (*execute)(card_t *card, const command_t *command, response_t *response);
} instruction_t;

static const instruction_t instructions[] = {
    {0x00, 0xA4, do_select}, {0x00, 0xB0, do_read}, {0x00, 0x20, do_verify},
    {0x00, 0x24, do_change}, {0x80, 0x2A, do_sign},
};

bool card_read(card_t *card, const char *directory)
{
    memset(card, 0, sizeof *card);
    char path[4096];
    snprintf(path, sizeof path, "%s/state", directory);
    if (!files_read(&card->files, directory)) return false;
    if (setting_read(&card->settings, path)) return true;
    fprintf(stderr, "%s: not understood or not writable\n", path);
    return false;
}

void card_free(card_t *card)
{
    files_free(&card->files);
}

void card_power_off(card_t *card)
{
    card->application = NO_APPLICATION;
    card->current = NULL;
    memset(card->verified, 0, sizeof card->verified);
}

void card_reset(card_t *card)
{
    if (setting_is(&card->settings, SETTING_RESET, "yes")) card_power_off(card);
}

void card_execute(card_t *card, const command_t *command, response_t *response)
{
    response->size = 0;
    response->status = UNKNOWN_INSTRUCTION;
    for (size_t i = 0; i < sizeof instructions / sizeof *instructions; i++) {
        if (instructions[i].cla == command->cla && instructions[i].ins == command->ins)
            response->status = instructions[i].execute(card, command, response);
    }
}
