/* SPDX-License-Identifier: Apache-2.0
 *
 * A table of tags, a structure of bytes and four status words. Sending them is pcsc.c's.
 */
#include "signer/pinpad.h"

#include <reader.h>

enum { TYPING_SECONDS = 30, ENDING_SECONDS = 1, LANGUAGE_JAPANESE = 0x0411 };

unsigned long pinpad_feature(const unsigned char *features, apr_size_t size)
{
    while (size >= 6 && features[1] == 4) {
        if (features[0] == FEATURE_VERIFY_PIN_DIRECT)
            return (unsigned long)features[2] << 24 | (unsigned long)features[3] << 16 |
                   (unsigned long)features[4] << 8 | features[5];
        features += 6;
        size -= 6;
    }
    return 0;
}

void pinpad_order(const source_prompt_t *prompt, apr_interval_time_t left, unsigned char order[PINPAD_BYTES])
{
    const apr_time_t seconds = apr_time_sec(left) - ENDING_SECONDS;
    const unsigned char typing = (unsigned char)(seconds < TYPING_SECONDS ? seconds : TYPING_SECONDS);
    const unsigned char bytes[PINPAD_BYTES] = {
        [0] = typing,
        [1] = typing,
        [2] = 0x82,                        /* ASCII, counted in bytes, from the first byte of the data */
        [5] = (unsigned char)prompt->most, /* numbers are written the low byte first */
        [6] = (unsigned char)prompt->least,
        [7] = 0x02, /* the holder says when he is done */
        [8] = 0x01, /* one message, the reader's own */
        [9] = LANGUAGE_JAPANESE & 0xFF,
        [10] = LANGUAGE_JAPANESE >> 8,
        [15] = 5, /* the command: VERIFY, its Lc and data are the reader's to fill in */
        [20] = 0x20,
        [22] = 0x80,
    };
    memcpy(order, bytes, sizeof bytes);
}

wire_code_t pinpad_answered(unsigned int status)
{
    switch (status) {
    case 0x6400: return WIRE_TIMEOUT;
    case 0x6401: return WIRE_CANCELLED;
    case 0x6402: /* two different ones */
    case 0x6403: return WIRE_PIN_FORM;
    default: return WIRE_OK;
    }
}
