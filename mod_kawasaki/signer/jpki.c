/* SPDX-License-Identifier: Apache-2.0
 *
 * Files, status words and commands of the JPKI application, as OpenSC's card-jpki.c and measurements by others describe
 * them; no specification is public. Which reader carries the commands, and who asks for the PIN, is not known here.
 */
#include "signer/jpki.h"

#include "base/secret.h"
#include "cert/cert.h"

#include <sys/mman.h>

enum {
    STATUS_DONE = 0x9000,
    STATUS_FILE_ENDED = 0x6282, /* before Le bytes; those read are there */
    STATUS_NOT_ALLOWED = 0x6982,
    STATUS_NO_FILE = 0x6A82,
    STATUS_BEHIND_END = 0x6B00
};

enum {
    EF_LABEL = 0x0006,
    EF_PRESENT = 0x0008,
    EF_SIGNING_AUTHORITY = 0x0002,
    EF_AUTHENTICATION_AUTHORITY = 0x000B,
    LABEL_SIZE = 32,
    PRESENT_SIZE = 3,
    PRESENT = 0x8F, /* the one value that is known: there is a certificate */
    OFFSET_MAX = 0x7FFF,
    PIN_LONGEST = 16
};

static const unsigned char application[] = {0xD3, 0x92, 0xF0, 0x00, 0x26, 0x01, 0x00, 0x00, 0x00, 0x01};

static const struct {
    unsigned int certificate, key, pin;
    int present_at; /* in EF_PRESENT */
} files[SOURCE_KEYS] = {
    [SOURCE_AUTHENTICATION] = {0x000A, 0x0017, 0x0018, 1},
    [SOURCE_SIGNING] = {0x0001, 0x001A, 0x001B, 0},
};

static const struct {
    const char *label;
    jpki_token_t token;
} labels[] = {
    {"JPKIAPICCTOKEN2", JPKI_MY_NUMBER},
    {"JPKIAPICCTOKEN", JPKI_RESIDENT_REGISTRY},
    {"JPKIAPGPSETOKEN", JPKI_PHONE},
    {"JPKIAPIOSTOKEN", JPKI_PHONE},
};

const char *jpki_token_name(jpki_token_t token)
{
    static const char *const names[JPKI_TOKENS] = {"my-number-card", "resident-registry-card", "phone"};
    return names[token];
}

/* An elementary file of the application. WIRE_CERT_MISSING: it has none of this number. */
static wire_code_t select_file(const apdu_channel_t *channel, unsigned int file)
{
    const unsigned char number[] = {(unsigned char)(file >> 8), (unsigned char)file};
    apdu_command_t command = {.ins = 0xA4, .p1 = 0x02, .p2 = 0x0C, .data = number, .size = sizeof number};
    apdu_response_t response;
    wire_code_t code = apdu_exchange(channel, &command, &response);
    if (code != WIRE_OK) return code;
    if (response.status == STATUS_NO_FILE) return WIRE_CERT_MISSING;
    return response.status == STATUS_DONE ? WIRE_OK : WIRE_UNSUPPORTED_CARD;
}

/* A file that each of these cards has. */
static wire_code_t select_own(const apdu_channel_t *channel, unsigned int file)
{
    wire_code_t code = select_file(channel, file);
    return code == WIRE_CERT_MISSING ? WIRE_UNSUPPORTED_CARD : code;
}

/* At most `wanted` bytes (1 to 256) of the selected file; fewer at its end, none behind it. */
static wire_code_t read_part(const apdu_channel_t *channel, apr_size_t offset, apr_size_t wanted,
                             apdu_response_t *response)
{
    apdu_command_t command = {.ins = 0xB0, .p1 = (unsigned char)(offset >> 8), .p2 = (unsigned char)offset};
    command.expected = (int)wanted;
    if (offset > OFFSET_MAX) return WIRE_UNSUPPORTED_CARD;
    wire_code_t code = apdu_exchange(channel, &command, response);
    if (code != WIRE_OK) return code;
    if (response->status == STATUS_BEHIND_END) {
        response->size = 0;
        return WIRE_OK;
    }
    if (response->status == STATUS_NOT_ALLOWED) return WIRE_FAILED;
    if (response->status != STATUS_DONE && response->status != STATUS_FILE_ENDED) return WIRE_UNSUPPORTED_CARD;
    return response->size > wanted ? WIRE_UNSUPPORTED_CARD : WIRE_OK;
}

/* A label is padded with spaces. */
static bool label_is(const unsigned char read[LABEL_SIZE], const char *label)
{
    apr_size_t size = strlen(label);
    if (memcmp(read, label, size) != 0) return false;
    while (size < LABEL_SIZE && read[size] == ' ') ++size;
    return size == LABEL_SIZE;
}

wire_code_t jpki_select(const apdu_channel_t *channel, jpki_token_t *token)
{
    apdu_command_t command = {.ins = 0xA4, .p1 = 0x04, .p2 = 0x0C, .data = application, .size = sizeof application};
    apdu_response_t response;

    wire_code_t code = apdu_exchange(channel, &command, &response);
    if (code != WIRE_OK) return code;
    if (response.status != STATUS_DONE) return WIRE_UNSUPPORTED_CARD;
    code = select_own(channel, EF_LABEL);
    if (code == WIRE_OK) code = read_part(channel, 0, LABEL_SIZE, &response);
    if (code != WIRE_OK) return code;
    if (response.size != LABEL_SIZE) return WIRE_UNSUPPORTED_CARD;
    for (apr_size_t i = 0; i < sizeof labels / sizeof *labels; ++i) {
        if (!label_is(response.data, labels[i].label)) continue;
        *token = labels[i].token;
        return WIRE_OK;
    }
    return WIRE_UNSUPPORTED_CARD;
}

wire_code_t jpki_present(const apdu_channel_t *channel, bool present[SOURCE_KEYS])
{
    apdu_response_t response;

    for (int key = 0; key < SOURCE_KEYS; ++key) present[key] = true;
    wire_code_t code = select_file(channel, EF_PRESENT);
    if (code == WIRE_CERT_MISSING) return WIRE_OK;
    if (code == WIRE_OK) code = read_part(channel, 0, PRESENT_SIZE, &response);
    if (code != WIRE_OK) return code;
    if (response.size != PRESENT_SIZE) return WIRE_UNSUPPORTED_CARD;
    for (int key = 0; key < SOURCE_KEYS; ++key) present[key] = response.data[files[key].present_at] == PRESENT;
    return WIRE_OK;
}

wire_code_t jpki_select_pin(const apdu_channel_t *channel, source_key_t key)
{
    return select_file(channel, files[key].pin);
}

wire_code_t jpki_verified(unsigned int status, int *tries)
{
    bool counted = (status & 0xFFF0) == 0x63C0;
    if (status == STATUS_DONE) return WIRE_OK;
    /* Cards differ in how they say "blocked". */
    if (status == 0x6983 || status == 0x6984 || status == 0x63C0) {
        *tries = 0;
        return WIRE_PIN_BLOCKED;
    }
    if (!counted) return WIRE_UNSUPPORTED_CARD;
    *tries = (int)(status & 0x0F);
    return WIRE_PIN_WRONG;
}

wire_code_t jpki_tries(const apdu_channel_t *channel, source_key_t key, int *tries)
{
    apdu_command_t command = {.ins = 0x20, .p2 = 0x80};
    apdu_response_t response;

    wire_code_t code = jpki_select_pin(channel, key);
    if (code == WIRE_OK) code = apdu_exchange(channel, &command, &response);
    if (code != WIRE_OK) return code;
    /* A card that says 9000 here, without having seen a PIN, can't say how many tries are left. */
    code = jpki_verified(response.status, tries);
    return code == WIRE_PIN_WRONG || code == WIRE_PIN_BLOCKED ? WIRE_OK : WIRE_UNSUPPORTED_CARD;
}

void jpki_prompt(jpki_token_t token, source_key_t key, source_prompt_t *prompt)
{
    bool signing = key == SOURCE_SIGNING;
    prompt->digits_only = prompt->upper_case = false;
    prompt->pinpad = false;
    if (signing) {
        prompt->least = token == JPKI_RESIDENT_REGISTRY ? 4 : 6;
        prompt->most = PIN_LONGEST;
        prompt->upper_case = true;
    } else {
        prompt->least = prompt->most = 4;
        prompt->digits_only = true;
    }
}

/* The PIN as the card counts it. False: it is none of this form. */
static bool write_pin(unsigned char block[PIN_LONGEST], const source_prompt_t *prompt, const pin_t *pin)
{
    if (pin->size > PIN_LONGEST || (int)pin->size < prompt->least || (int)pin->size > prompt->most) return false;
    for (apr_size_t i = 0; i < pin->size; ++i) {
        char letter = pin->bytes[i];
        if (prompt->upper_case && letter >= 'a' && letter <= 'z') letter = (char)(letter - 'a' + 'A');
        bool digit = letter >= '0' && letter <= '9';
        if (!digit && (prompt->digits_only || letter < 'A' || letter > 'Z')) return false;
        block[i] = (unsigned char)letter;
    }
    return true;
}

static wire_code_t send_pin(const apdu_channel_t *channel, source_key_t key, const unsigned char *block,
                            apr_size_t size, int *tries)
{
    apdu_command_t command = {.ins = 0x20, .p2 = 0x80, .data = block, .size = size};
    apdu_response_t response;
    wire_code_t code = jpki_select_pin(channel, key);
    if (code == WIRE_OK) code = apdu_exchange(channel, &command, &response);
    return code == WIRE_OK ? jpki_verified(response.status, tries) : code;
}

wire_code_t jpki_verify(const apdu_channel_t *channel, source_key_t key, const source_prompt_t *prompt,
                        const pin_t *pin, int *tries)
{
    unsigned char block[PIN_LONGEST] = {0};
    wire_code_t code = WIRE_PIN_FORM;

    if (mlock(block, sizeof block) != 0) return WIRE_FAILED; /* never unlocked: see apdu.c */
    if (write_pin(block, prompt, pin)) code = send_pin(channel, key, block, pin->size, tries);
    secret_wipe(block, sizeof block);
    return code;
}

/* The size of the DER SEQUENCE that begins so, header included; 0: none does, or one that is no certificate. Behind it
 * the file may be filled up with FF. */
static apr_size_t sequence_size(const unsigned char *bytes, apr_size_t size)
{
    apr_size_t length = 0, header = 2;
    if (size < 4 || bytes[0] != 0x30) return 0;
    if (bytes[1] < 0x80) {
        length = bytes[1];
    } else if (bytes[1] == 0x81) {
        length = bytes[2];
        header = 3;
    } else if (bytes[1] == 0x82) {
        length = (apr_size_t)bytes[2] << 8 | bytes[3];
        header = 4;
    } else {
        return 0;
    }
    return header + length <= CERT_MAX ? header + length : 0;
}

static wire_code_t read_rest(const apdu_channel_t *channel, unsigned char *bytes, apr_size_t at, apr_size_t size)
{
    while (at < size) {
        apdu_response_t response;
        wire_code_t code = read_part(channel, at, size - at < 256 ? size - at : 256, &response);
        if (code != WIRE_OK) return code;
        if (response.size == 0) return WIRE_UNSUPPORTED_CARD;
        memcpy(bytes + at, response.data, response.size);
        at += response.size;
    }
    return WIRE_OK;
}

static wire_code_t read_certificate(const apdu_channel_t *channel, unsigned int file, span_t *der, apr_pool_t *pool)
{
    apdu_response_t start;

    wire_code_t code = select_file(channel, file);
    if (code == WIRE_OK) code = read_part(channel, 0, 256, &start);
    if (code != WIRE_OK) return code;
    /* A file that was never written, or was emptied when the certificate lapsed. */
    if (start.size == 0 || start.data[0] == 0xFF || start.data[0] == 0x00) return WIRE_CERT_MISSING;
    apr_size_t size = sequence_size(start.data, start.size);
    if (size == 0) return WIRE_UNSUPPORTED_CARD;

    unsigned char *bytes = apr_palloc(pool, size);
    apr_size_t first = start.size < size ? start.size : size;
    memcpy(bytes, start.data, first);
    *der = (span_t){(const char *)bytes, size};
    return read_rest(channel, bytes, first, size);
}

wire_code_t jpki_certificate(const apdu_channel_t *channel, source_key_t key, span_t *der, apr_pool_t *pool)
{
    return read_certificate(channel, files[key].certificate, der, pool);
}

/* The same, but empty where there is none, or it is behind a PIN. */
static wire_code_t read_open(const apdu_channel_t *channel, unsigned int file, span_t *der, apr_pool_t *pool)
{
    wire_code_t code = read_certificate(channel, file, der, pool);
    if (code == WIRE_OK) return code;
    *der = SPAN("");
    return code == WIRE_CERT_MISSING || code == WIRE_FAILED ? WIRE_OK : code;
}

wire_code_t jpki_identity(const apdu_channel_t *channel, jpki_token_t token, span_t *identity, apr_pool_t *pool)
{
    span_t signing, authentication;

    wire_code_t code = read_open(channel, files[SOURCE_AUTHENTICATION].certificate, identity, pool);
    if (code != WIRE_OK || identity->size > 0) return code;
    code = read_open(channel, EF_SIGNING_AUTHORITY, &signing, pool);
    if (code == WIRE_OK) code = read_open(channel, EF_AUTHENTICATION_AUTHORITY, &authentication, pool);
    if (code != WIRE_OK) return code;
    const char *label = jpki_token_name(token);
    struct iovec parts[] = {{(void *)label, strlen(label)},
                            {(void *)signing.at, signing.size},
                            {(void *)authentication.at, authentication.size}};
    identity->at = apr_pstrcatv(pool, parts, sizeof parts / sizeof *parts, &identity->size);
    return WIRE_OK;
}

wire_code_t jpki_sign(const apdu_channel_t *channel, source_key_t key, const unsigned char *digest_info,
                      apr_size_t digest_info_size, unsigned char *signature, apr_size_t *size)
{
    apdu_command_t command = {.cla = 0x80, .ins = 0x2A, .p2 = 0x80, .data = digest_info, .size = digest_info_size};
    apdu_response_t response;

    command.expected = 256;
    wire_code_t code = select_file(channel, files[key].key);
    if (code == WIRE_OK) code = apdu_exchange(channel, &command, &response);
    if (code != WIRE_OK) return code;
    if (response.status == STATUS_NOT_ALLOWED) return WIRE_FAILED;
    if (response.status != STATUS_DONE || response.size == 0) return WIRE_UNSUPPORTED_CARD;
    if (response.size > *size) return WIRE_FAILED;
    memcpy(signature, response.data, response.size);
    *size = response.size;
    return WIRE_OK;
}
