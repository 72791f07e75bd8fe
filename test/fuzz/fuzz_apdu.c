/* SPDX-License-Identifier: Apache-2.0
 *
 * Any bytes as what a card answers to all that the helper ever asks. The first says which of its keys is asked for;
 * then come the answers, each behind a byte for its length: 0 is the one before once more, of which a few make an
 * answer in many parts; 253 the longest there can be; 254 one of no byte; 255 a card that is pulled out.
 */
#include "fuzz.h"
#include "signer/jpki.h"

enum { AGAIN = 0, LONGEST = 253, NOTHING = 254, PULLED = 255 };

typedef struct {
    const uint8_t *data;
    size_t left;
    unsigned char last[APDU_RESPONSE_MAX];
    size_t last_size;
} card_t;

static void read_answer(card_t *card, size_t size)
{
    if (size > card->left) size = card->left;
    memcpy(card->last, card->data, size);
    card->last_size = size;
    card->data += size;
    card->left -= size;
}

static wire_code_t transmit(void *context, const unsigned char *command, apr_size_t size, unsigned char *response,
                            apr_size_t *received)
{
    card_t *card = context;

    FUZZ_HOLDS(size >= 4 && size <= APDU_COMMAND_MAX && command);
    if (card->left == 0 || card->data[0] == PULLED) return WIRE_CARD_REMOVED;
    const uint8_t length = card->data[0];
    card->data++;
    card->left--;
    if (length == NOTHING)
        read_answer(card, 0);
    else if (length != AGAIN)
        read_answer(card, length == LONGEST ? APDU_RESPONSE_MAX : length);
    memcpy(response, card->last, card->last_size);
    *received = card->last_size;
    return WIRE_OK;
}

static void ask(const apdu_channel_t *channel, source_key_t key, apr_pool_t *pool)
{
    static const unsigned char digest_info[51] = {0x30, 49};
    unsigned char signature[512];
    apr_size_t signature_size = sizeof signature;
    const pin_t pin = key == SOURCE_SIGNING ? (pin_t){6, "abc123"} : (pin_t){4, "1234"};
    source_prompt_t prompt;
    jpki_token_t token;
    bool present[SOURCE_KEYS];
    span_t der;
    int tries;

    if (jpki_select(channel, &token) != WIRE_OK) return;
    FUZZ_HOLDS(token < JPKI_TOKENS);
    jpki_present(channel, present);
    if (jpki_identity(channel, token, &der, pool) == WIRE_OK) FUZZ_HOLDS(der.size >= 2 && der.at);
    if (jpki_tries(channel, key, &tries) == WIRE_OK) FUZZ_HOLDS(tries >= 0 && tries <= 15);
    jpki_prompt(token, key, &prompt);
    jpki_verify(channel, key, &prompt, &pin, &tries);
    if (jpki_certificate(channel, key, &der, pool) == WIRE_OK) FUZZ_HOLDS(der.size >= 2 && der.at[0] == 0x30);
    if (jpki_sign(channel, key, digest_info, sizeof digest_info, signature, &signature_size) == WIRE_OK)
        FUZZ_HOLDS(signature_size <= sizeof signature);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) return 0;
    apr_pool_t *pool = fuzz_begin();
    card_t card = {.data = data + 1, .left = size - 1};
    const apdu_channel_t channel = {transmit, &card};

    ask(&channel, data[0] % SOURCE_KEYS, pool);
    fuzz_end(pool);
    return 0;
}
