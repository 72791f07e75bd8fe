/* SPDX-License-Identifier: Apache-2.0
 *
 * The JPKI application of a My Number card or an old resident-registry card, by docs/kawasaki-signer.md "Card": what is
 * in which file, and the commands in their order. Over a channel, so that it runs without a reader.
 *
 * All of them: WIRE_UNSUPPORTED_CARD for an answer that this application never gives, and what the channel says.
 */
#ifndef SIGNER_JPKI_H
#define SIGNER_JPKI_H

#include "signer/apdu.h"
#include "signer/source.h"

typedef enum { JPKI_MY_NUMBER, JPKI_RESIDENT_REGISTRY, JPKI_PHONE, JPKI_TOKENS } jpki_token_t;

const char *jpki_token_name(jpki_token_t token); /* "my-number-card", … */

/* Selects the application and reads the free label. WIRE_UNSUPPORTED_CARD: there is none. */
wire_code_t jpki_select(const apdu_channel_t *channel, jpki_token_t *token);

/* Which certificates are there (EF 0008; a card without that file: both may be). */
wire_code_t jpki_present(const apdu_channel_t *channel, bool present[SOURCE_KEYS]);

/* Tries left, without spending one; 0: blocked. WIRE_CERT_MISSING: the card was made without this key. */
wire_code_t jpki_tries(const apdu_channel_t *channel, source_key_t key, int *tries);

/* Of what form the PIN is, all but tries. */
void jpki_prompt(jpki_token_t token, source_key_t key, source_prompt_t *prompt);

/* VERIFY, once; jpki_tries comes before it, in the same transaction. WIRE_PIN_FORM: nothing was sent. WIRE_PIN_WRONG,
 * WIRE_PIN_BLOCKED: *tries are left. Where the answer was lost *tries stays as it was. */
wire_code_t jpki_verify(const apdu_channel_t *channel, source_key_t key, const source_prompt_t *prompt,
                        const pin_t *pin, int *tries);

/* The half of jpki_verify before VERIFY, for a pad that verifies by itself; jpki_verified is the other half. */
wire_code_t jpki_select_pin(const apdu_channel_t *channel, source_key_t key);

/* What a status word of VERIFY means; *tries as jpki_verify's. */
wire_code_t jpki_verified(unsigned int status, int *tries);

/* The certificate: DER, in the pool. The signing one is readable after its PIN only. WIRE_CERT_MISSING. */
wire_code_t jpki_certificate(const apdu_channel_t *channel, source_key_t key, span_t *der, apr_pool_t *pool);

/* What tells this card from others without a PIN: its authentication certificate; of a card that has none, or doesn't
 * show it, the label and what it shows of its authorities' certificates, which are those of many cards. In the pool. */
wire_code_t jpki_identity(const apdu_channel_t *channel, jpki_token_t token, span_t *identity, apr_pool_t *pool);

/* PKCS#1 v1.5 over a DigestInfo; *size is room before and the signature's size after. WIRE_FAILED: the PIN was not
 * shown to the card, or one of the sizes can't be. */
wire_code_t jpki_sign(const apdu_channel_t *channel, source_key_t key, const unsigned char *digest_info,
                      apr_size_t digest_info_size, unsigned char *signature, apr_size_t *size);

#endif
