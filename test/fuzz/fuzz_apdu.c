/* SPDX-License-Identifier: Apache-2.0
 *
 * Any bytes as what a card answers, one response after another (a byte for its length, 255: the card is pulled out), to
 * all that the helper ever asks.
 */
#include "fuzz.h"
#include "signer/jpki.h"

typedef struct {
    const uint8_t *data;
    size_t left;
} card_t;

static wire_code_t transmit(void *context, const unsigned char *command, apr_size_t size, unsigned char *response,
                            apr_size_t *received)
{
    card_t *card = context;
    size_t length;

    FUZZ_HOLDS(size >= 4 && size <= 261 && command);
    if (card->left == 0 || card->data[0] == 255) return WIRE_CARD_REMOVED;
    length = card->data[0];
    card->data++;
    card->left--;
    if (length > card->left) length = card->left;
    memcpy(response, card->data, length);
    card->data += length;
    card->left -= length;
    *received = length;
    return WIRE_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    apr_pool_t *pool = fuzz_begin();
    card_t card = {data, size};
    const apdu_channel_t channel = {transmit, &card};
    static const unsigned char digest_info[51] = {0x30, 49};
    unsigned char signature[512];
    apr_size_t signature_size = sizeof signature;
    pin_t digits = {4, "1234"};
    source_prompt_t prompt;
    jpki_token_t token;
    bool present[SOURCE_KEYS];
    span_t der;
    int tries;

    if (jpki_select(&channel, &token) == WIRE_OK) {
        FUZZ_HOLDS(token < JPKI_TOKENS);
        jpki_present(&channel, present);
        if (jpki_tries(&channel, SOURCE_AUTHENTICATION, &tries) == WIRE_OK) FUZZ_HOLDS(tries >= 0 && tries <= 15);
        jpki_prompt(token, SOURCE_AUTHENTICATION, &prompt);
        jpki_verify(&channel, SOURCE_AUTHENTICATION, &prompt, &digits, &tries);
        if (jpki_certificate(&channel, SOURCE_AUTHENTICATION, &der, pool) == WIRE_OK)
            FUZZ_HOLDS(der.size >= 2 && der.at[0] == 0x30);
        if (jpki_sign(&channel, SOURCE_AUTHENTICATION, digest_info, sizeof digest_info, signature, &signature_size) ==
            WIRE_OK)
            FUZZ_HOLDS(signature_size <= sizeof signature);
    }
    fuzz_end(pool);
    return 0;
}
