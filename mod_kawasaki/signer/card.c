/* SPDX-License-Identifier: Apache-2.0
 *
 * The source "card": PC/SC (pcsc.c), the JPKI application (jpki.c) and the key that OpenSSL uses (card_key.c), joined.
 * One transaction from open to close; nothing here knows bytes of commands or statuses of PC/SC.
 */
#include "signer/card_key.h"
#include "signer/holder.h"
#include "signer/jpki.h"
#include "signer/pcsc.h"
#include "signer/pinpad.h"
#include "signer/source.h"
#include "wire/frame.h"
#include "wire/shape.h"

#include <reader.h>

#define COMING_FREE apr_time_from_sec(2)
#define LOOK_AGAIN  apr_time_from_msec(50)

typedef struct {
    source_t source; /* first: what the table's functions are given */
    source_card_options_t options;
    pcsc_t *pcsc;
    apdu_channel_t channel;
    /* Of the card that was taken last: a certificate takes long to read, and info is asked again and again. */
    char insertion[PCSC_INSERTION + 1], holder[SHAPE_DIGEST_SIZE + 1];
    /* From open to close, or to the first failure: */
    bool open, shown; /* shown: the one VERIFY was sent */
    source_key_t which;
    source_prompt_t prompt;
    unsigned long pad; /* its control code; 0: the PIN is not typed there */
    apr_pool_t *pool;
    /* From key to close: */
    X509 *x509;
    card_key_t *key;
} card_t;

static card_t *card_of(source_t *source)
{
    return (card_t *)source;
}

static unsigned long find_pad(card_t *card)
{
    unsigned char features[PCSC_BYTES_MAX];
    apr_size_t size = sizeof features;
    wire_code_t code =
        pcsc_control(card->pcsc, CM_IOCTL_GET_FEATURE_REQUEST, NULL, 0, features, &size, card->options.patience);
    return code == WIRE_OK ? pinpad_feature(features, size) : 0;
}

/* Once for each insertion. */
static wire_code_t name_holder(card_t *card, jpki_token_t token, const char *insertion, apr_pool_t *pool)
{
    span_t identity, holder;

    if (*insertion && strcmp(card->insertion, insertion) == 0) return WIRE_OK;
    *card->insertion = '\0';
    wire_code_t code = jpki_identity(&card->channel, token, &identity, pool);
    if (code == WIRE_OK) code = holder_name(&holder, identity, pool);
    if (code != WIRE_OK) return code;
    apr_cpystrn(card->insertion, insertion, sizeof card->insertion);
    apr_cpystrn(card->holder, holder.at, sizeof card->holder);
    return WIRE_OK;
}

/* A page that goes on leaves its helper behind, which may still be at work with the card for a moment. */
static wire_code_t take_reader(const card_t *card, const char *reader)
{
    const apr_time_t until = frame_clock() + COMING_FREE;
    wire_code_t code = pcsc_connect(card->pcsc, reader);

    while (code == WIRE_BUSY && frame_clock() < until) {
        apr_sleep(LOOK_AGAIN);
        code = pcsc_connect(card->pcsc, reader);
    }
    return code;
}

/* The card in the reader at this place, its application selected, its holder named. */
static wire_code_t take_at(card_t *card, int place, pcsc_reader_t *reader, jpki_token_t *token, apr_pool_t *pool)
{
    wire_code_t code = pcsc_find(card->pcsc, card->options.reader, place, reader, pool);
    if (code == WIRE_OK) code = take_reader(card, reader->name);
    if (code == WIRE_OK) code = jpki_select(&card->channel, token);
    return code == WIRE_OK ? name_holder(card, *token, reader->insertion, pool) : code;
}

/* Of several readers the first whose card is one that we know: a security key is a reader whose card never goes out.
 * Where none is, what the first one has is told. */
static wire_code_t take(card_t *card, pcsc_reader_t *reader, jpki_token_t *token, apr_pool_t *pool)
{
    wire_code_t code = take_at(card, 0, reader, token, pool);

    for (int place = 1; code == WIRE_UNSUPPORTED_CARD; place++) {
        pcsc_reader_t other;
        pcsc_disconnect(card->pcsc);
        code = take_at(card, place, &other, token, pool);
        if (code == WIRE_NO_CARD) return WIRE_UNSUPPORTED_CARD; /* there is no other */
        if (code != WIRE_UNSUPPORTED_CARD) *reader = other;
    }
    return code;
}

/* A card without the key's PIN has no such key, whatever it says of certificates; the oldest ones have but one. */
static wire_code_t count_tries(card_t *card, source_key_t key, bool *has, int *tries)
{
    if (!*has) return WIRE_OK;
    wire_code_t code = jpki_tries(&card->channel, key, tries);
    *has = code == WIRE_OK;
    return code == WIRE_CERT_MISSING ? WIRE_OK : code;
}

/* What the card itself says. */
static wire_code_t look(card_t *card, answer_info_t *info)
{
    bool present[SOURCE_KEYS];

    info->has_pinpad = find_pad(card) != 0;
    wire_code_t code = jpki_present(&card->channel, present);
    if (code != WIRE_OK) return code;
    info->has_signing = present[SOURCE_SIGNING];
    info->has_authentication = present[SOURCE_AUTHENTICATION];
    code = count_tries(card, SOURCE_SIGNING, &info->has_signing, &info->signing_tries);
    if (code == WIRE_OK)
        code = count_tries(card, SOURCE_AUTHENTICATION, &info->has_authentication, &info->authentication_tries);
    return code == WIRE_OK && !info->has_signing && !info->has_authentication ? WIRE_CERT_MISSING : code;
}

static void card_info(source_t *source, answer_info_t *info, apr_pool_t *pool)
{
    card_t *card = card_of(source);
    jpki_token_t token;
    pcsc_reader_t reader;

    *info = (answer_info_t){.source = SPAN("card"), .card = SPAN(""), .holder = SPAN("")};
    info->signing_tries = info->authentication_tries = ANSWER_TRIES_UNKNOWN;
    info->code = take(card, &reader, &token, pool);
    info->reader = span_of(reader.name);
    info->insertion = span_of(reader.insertion);
    if (info->code == WIRE_OK) {
        info->card = span_of(jpki_token_name(token));
        info->holder = span_copy(pool, span_of(card->holder));
        info->code = look(card, info);
    }
    pcsc_disconnect(card->pcsc);
}

static void card_close(source_t *source)
{
    card_t *card = card_of(source);
    card_key_free(card->key);
    X509_free(card->x509);
    card->key = NULL;
    card->x509 = NULL;
    card->open = false;
    pcsc_disconnect(card->pcsc);
}

/* Nothing but close comes after a failure. */
static wire_code_t ended(card_t *card, wire_code_t code)
{
    card->open = card->open && code == WIRE_OK;
    return code;
}

static wire_code_t card_open(source_t *source, source_key_t key, source_prompt_t *prompt, apr_pool_t *pool)
{
    card_t *card = card_of(source);
    bool present[SOURCE_KEYS];
    jpki_token_t token;
    pcsc_reader_t reader;

    card_close(source);
    wire_code_t code = take(card, &reader, &token, pool);
    if (code != WIRE_OK) return code;
    prompt->insertion = span_of(reader.insertion);
    prompt->holder = span_copy(pool, span_of(card->holder));
    code = jpki_present(&card->channel, present);
    if (code == WIRE_OK && !present[key]) code = WIRE_CERT_MISSING;
    if (code != WIRE_OK) return code;

    jpki_prompt(token, key, prompt);
    prompt->readable = key == SOURCE_AUTHENTICATION;
    card->pad = prompt->digits_only ? find_pad(card) : 0; /* pads have no letters */
    prompt->pinpad = card->pad != 0;
    code = jpki_tries(&card->channel, key, &prompt->tries);
    if (code == WIRE_OK && prompt->tries == 0) code = WIRE_PIN_BLOCKED;
    card->open = true;
    card->shown = false;
    card->which = key;
    card->prompt = *prompt;
    card->pool = pool;
    return ended(card, code);
}

/* The PIN from the reader's pad to the card, and not to us. */
static wire_code_t verify_at_pad(card_t *card, apr_time_t until, int *tries)
{
    unsigned char order[PINPAD_BYTES], answer[PCSC_BYTES_MAX];
    apr_size_t size = sizeof answer;

    wire_code_t code = jpki_select_pin(&card->channel, card->which);
    if (code != WIRE_OK) return code;
    const apr_interval_time_t left = until - frame_clock();
    if (left < PINPAD_LEAST) return WIRE_TIMEOUT;
    pinpad_order(&card->prompt, left, order);
    code = pcsc_control(card->pcsc, card->pad, order, sizeof order, answer, &size,
                        left < PINPAD_LIFE ? left : PINPAD_LIFE);
    if (code != WIRE_OK) return code;
    if (size != 2) return WIRE_UNSUPPORTED_CARD;
    unsigned int status = (unsigned int)answer[0] << 8 | answer[1];
    code = pinpad_answered(status);
    return code == WIRE_OK ? jpki_verified(status, tries) : code;
}

static wire_code_t card_unlock(source_t *source, const pin_t *pin, apr_time_t until, int *tries)
{
    card_t *card = card_of(source);

    *tries = card->prompt.tries;
    if (!card->open || card->shown || (!pin && !card->pad)) return ended(card, WIRE_FAILED);
    card->shown = true;
    if (!pin) return ended(card, verify_at_pad(card, until, tries));
    return ended(card, jpki_verify(&card->channel, card->which, &card->prompt, pin, tries));
}

/* card_signer_t's sign. */
static wire_code_t sign(void *context, const unsigned char *digest_info, apr_size_t digest_info_size,
                        unsigned char *signature, apr_size_t *size)
{
    card_t *card = context;
    if (!card->open) return WIRE_FAILED;
    return jpki_sign(&card->channel, card->which, digest_info, digest_info_size, signature, size);
}

static wire_code_t read_key(card_t *card)
{
    span_t der;
    wire_code_t code = jpki_certificate(&card->channel, card->which, &der, card->pool);
    if (code != WIRE_OK) return code;
    const unsigned char *at = (const unsigned char *)der.at;
    card->x509 = d2i_X509(NULL, &at, (long)der.size);
    if (!card->x509 || at != (const unsigned char *)der.at + der.size) return WIRE_UNSUPPORTED_CARD;
    return card_key_make(&card->key, card->x509, &(card_signer_t){sign, card});
}

static wire_code_t card_key(source_t *source, X509 **x509, EVP_PKEY **key)
{
    card_t *card = card_of(source);
    wire_code_t code = card->open ? WIRE_OK : WIRE_FAILED;
    if (code == WIRE_OK && !card->key) code = read_key(card);
    if (code != WIRE_OK) return ended(card, code);
    *x509 = card->x509;
    *key = card_key_evp(card->key);
    return WIRE_OK;
}

static wire_code_t card_trouble(const source_t *source)
{
    const card_t *card = (const card_t *)source;
    return card->key ? card_key_trouble(card->key) : WIRE_OK;
}

static apr_status_t close_with_pool(void *data)
{
    card_close(data);
    return APR_SUCCESS;
}

source_t *source_card(const source_card_options_t *options, apr_pool_t *pool)
{
    static const source_calls_t calls = {card_info, card_open, card_unlock, card_key, card_trouble, card_close};
    card_t *card = apr_pcalloc(pool, sizeof *card);
    card->source = (source_t){&calls};
    card->options = *options;
    card->options.reader = apr_pstrdup(pool, options->reader);
    card->pcsc = pcsc_create(options->patience, pool);
    card->channel = (apdu_channel_t){pcsc_transmit, card->pcsc};
    apr_pool_cleanup_register(pool, card, close_with_pool, apr_pool_cleanup_null);
    return &card->source;
}
