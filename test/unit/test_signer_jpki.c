/* SPDX-License-Identifier: Apache-2.0
 *
 * signer/jpki.c against a few files in memory that answer as a card does, or as a broken one. (The emulated card of
 * test/card answers through a real reader; this one is for what no card should do.)
 */
#include "signer/jpki.h"
#include "test.h"

enum { FILE_COUNT = 0x20, FILE_ROOM = 0x9000 };

typedef struct {
    bool there;
    apr_size_t size;
    unsigned char bytes[FILE_ROOM];
} file_t;

static struct {
    file_t files[FILE_COUNT];
    unsigned int selected;
    unsigned int application, query, verify, sign; /* statuses */
    unsigned int read;                             /* in place of READ BINARY's answer; 0: none */
    apr_size_t part;                               /* most bytes of one READ BINARY */
    unsigned char verified[16];
    apr_size_t verified_size;
    int verifies, reads;
    wire_code_t broken; /* in place of VERIFY's answer */
} card;

static apr_pool_t *pool;

static apr_size_t say(unsigned char *response, unsigned int status, apr_size_t size)
{
    response[size] = (unsigned char)(status >> 8);
    response[size + 1] = (unsigned char)status;
    return size + 2;
}

static apr_size_t select_file(const unsigned char *command, unsigned char *response)
{
    if (command[2] == 0x04) return say(response, card.application, 0);
    card.selected = (unsigned int)command[5] << 8 | command[6];
    assert_true(card.selected < FILE_COUNT);
    return say(response, card.files[card.selected].there ? 0x9000 : 0x6A82, 0);
}

static apr_size_t read_binary(const unsigned char *command, unsigned char *response)
{
    const file_t *file = &card.files[card.selected];
    apr_size_t offset = (apr_size_t)command[2] << 8 | command[3], wanted = command[4] ? command[4] : 256;
    ++card.reads;
    if (card.read) return say(response, card.read, 0);
    if (offset >= file->size) return say(response, 0x6B00, 0);
    apr_size_t left = file->size - offset, given = wanted < left ? wanted : left;
    if (given > card.part) given = card.part;
    memcpy(response, file->bytes + offset, given);
    return say(response, given < wanted && given == left ? 0x6282 : 0x9000, given);
}

static wire_code_t transmit(void *context, const unsigned char *command, apr_size_t size, unsigned char *response,
                            apr_size_t *received)
{
    (void)context;
    switch (command[1]) {
    case 0xA4: *received = select_file(command, response); break;
    case 0xB0: *received = read_binary(command, response); break;
    case 0x2A: *received = say(response, card.sign, 256); break;
    case 0x20:
        *received = say(response, size == 4 ? card.query : card.verify, 0);
        if (size == 4) break;
        ++card.verifies;
        assert_true(size - 5 <= sizeof card.verified && command[4] == size - 5);
        card.verified_size = size - 5;
        memcpy(card.verified, command + 5, size - 5);
        return card.broken;
    default: fail();
    }
    return WIRE_OK;
}

static const apdu_channel_t channel = {transmit, NULL};

static void fill_file(unsigned int number, const void *bytes, apr_size_t size)
{
    card.files[number].there = true;
    card.files[number].size = size;
    memcpy(card.files[number].bytes, bytes, size);
}

static void label(const char *text)
{
    char padded[161];
    memset(padded, ' ', sizeof padded);
    memcpy(padded, text, strlen(text));
    fill_file(0x06, padded, 160);
}

static int new_card(void **state)
{
    (void)state;
    memset(&card, 0, sizeof card);
    card.application = card.verify = card.sign = 0x9000;
    card.query = 0x63C3;
    card.part = 256;
    label("JPKIAPICCTOKEN2");
    for (unsigned int number = 0x17; number <= 0x1B; ++number) fill_file(number, "", 0);
    return 0;
}

static void test_select(void **state)
{
    static const struct {
        const char *label, *name;
    } known[] = {
        {"JPKIAPICCTOKEN2", "my-number-card"},
        {"JPKIAPICCTOKEN", "resident-registry-card"},
        {"JPKIAPGPSETOKEN", "phone"},
        {"JPKIAPIOSTOKEN", "phone"},
    };
    static const char *const unknown[] = {"JPKIAPICCTOKEN3", "JPKIAPICCTOKEN2X", "JPKIAPICC", "", "JPKIAPICCTOKEN2  2"};
    jpki_token_t token;

    (void)state;
    for (apr_size_t i = 0; i < sizeof known / sizeof *known; ++i) {
        label(known[i].label);
        assert_int_equal(jpki_select(&channel, &token), WIRE_OK);
        assert_string_equal(jpki_token_name(token), known[i].name);
    }
    for (apr_size_t i = 0; i < sizeof unknown / sizeof *unknown; ++i) {
        label(unknown[i]);
        assert_int_equal(jpki_select(&channel, &token), WIRE_UNSUPPORTED_CARD);
    }
    fill_file(0x06, "JPKIAPICCTOKEN2                ", 31);
    assert_int_equal(jpki_select(&channel, &token), WIRE_UNSUPPORTED_CARD);
    card.files[0x06].there = false;
    assert_int_equal(jpki_select(&channel, &token), WIRE_UNSUPPORTED_CARD);
    label("JPKIAPICCTOKEN2");
    card.application = 0x6D00;
    assert_int_equal(jpki_select(&channel, &token), WIRE_UNSUPPORTED_CARD);
}

static void test_present(void **state)
{
    bool present[SOURCE_KEYS];

    (void)state;
    assert_int_equal(jpki_present(&channel, present), WIRE_OK); /* no such file: both may be there */
    assert_true(present[SOURCE_SIGNING] && present[SOURCE_AUTHENTICATION]);
    fill_file(0x08, "\x8F\x8F\x00", 3);
    assert_int_equal(jpki_present(&channel, present), WIRE_OK);
    assert_true(present[SOURCE_SIGNING] && present[SOURCE_AUTHENTICATION]);
    fill_file(0x08, "\x00\x8F\x00", 3); /* a child's card */
    assert_int_equal(jpki_present(&channel, present), WIRE_OK);
    assert_true(!present[SOURCE_SIGNING] && present[SOURCE_AUTHENTICATION]);
    fill_file(0x08, "\x8F\x0F\x00", 3);
    assert_int_equal(jpki_present(&channel, present), WIRE_OK);
    assert_true(present[SOURCE_SIGNING] && !present[SOURCE_AUTHENTICATION]);
    fill_file(0x08, "\x8F", 1);
    assert_int_equal(jpki_present(&channel, present), WIRE_UNSUPPORTED_CARD);
}

static void test_tries(void **state)
{
    static const struct {
        unsigned int status;
        wire_code_t code;
        int tries;
    } said[] = {
        {0x63C5, WIRE_OK, 5},
        {0x63C1, WIRE_OK, 1},
        {0x63C0, WIRE_OK, 0},
        {0x6983, WIRE_OK, 0},
        {0x6984, WIRE_OK, 0},
        {0x9000, WIRE_UNSUPPORTED_CARD, 0}, /* a card that says yes to everything */
        {0x63B5, WIRE_UNSUPPORTED_CARD, 0},
        {0x6D00, WIRE_UNSUPPORTED_CARD, 0},
    };
    int tries;

    (void)state;
    for (apr_size_t i = 0; i < sizeof said / sizeof *said; ++i) {
        card.query = said[i].status;
        assert_int_equal(jpki_tries(&channel, SOURCE_SIGNING, &tries), said[i].code);
        if (said[i].code == WIRE_OK) assert_int_equal(tries, said[i].tries);
    }
    assert_int_equal(card.selected, 0x1B);
    assert_int_equal(card.verifies, 0);
    card.files[0x18].there = false;
    assert_int_equal(jpki_tries(&channel, SOURCE_AUTHENTICATION, &tries), WIRE_CERT_MISSING);
}

static wire_code_t verify(jpki_token_t token, source_key_t key, const char *text, int *tries)
{
    source_prompt_t prompt = {.tries = 3};
    pin_t pin = {.size = strlen(text)};
    memcpy(pin.bytes, text, pin.size);
    jpki_prompt(token, key, &prompt);
    assert_int_equal(prompt.tries, 3);
    return jpki_verify(&channel, key, &prompt, &pin, tries);
}

static void test_pin_forms(void **state)
{
    static const struct {
        jpki_token_t token;
        source_key_t key;
        const char *pin, *sent; /* NULL: nothing */
    } pins[] = {
        {JPKI_MY_NUMBER, SOURCE_AUTHENTICATION, "1234", "1234"},
        {JPKI_MY_NUMBER, SOURCE_AUTHENTICATION, "123", NULL},
        {JPKI_MY_NUMBER, SOURCE_AUTHENTICATION, "12345", NULL},
        {JPKI_MY_NUMBER, SOURCE_AUTHENTICATION, "12A4", NULL},
        {JPKI_MY_NUMBER, SOURCE_AUTHENTICATION, "12 4", NULL},
        {JPKI_MY_NUMBER, SOURCE_AUTHENTICATION, "", NULL},
        {JPKI_MY_NUMBER, SOURCE_SIGNING, "abcxyz", "ABCXYZ"},
        {JPKI_MY_NUMBER, SOURCE_SIGNING, "aZ0123456789bCd9", "AZ0123456789BCD9"},
        {JPKI_MY_NUMBER, SOURCE_SIGNING, "ABC12", NULL},
        {JPKI_MY_NUMBER, SOURCE_SIGNING, "ABCDEF12345678901", NULL},
        {JPKI_MY_NUMBER, SOURCE_SIGNING, "ABC-123", NULL},
        {JPKI_MY_NUMBER, SOURCE_SIGNING, "ABC12\xEF\xBC\x91", NULL},
        {JPKI_MY_NUMBER, SOURCE_SIGNING, "ABC@[`{", NULL},
        {JPKI_RESIDENT_REGISTRY, SOURCE_SIGNING, "ab12", "AB12"},
        {JPKI_RESIDENT_REGISTRY, SOURCE_SIGNING, "ab1", NULL},
    };

    (void)state;
    for (apr_size_t i = 0; i < sizeof pins / sizeof *pins; ++i) {
        int tries = 3;
        card.verifies = 0;
        wire_code_t code = verify(pins[i].token, pins[i].key, pins[i].pin, &tries);
        assert_int_equal(code, pins[i].sent ? WIRE_OK : WIRE_PIN_FORM);
        assert_int_equal(card.verifies, pins[i].sent ? 1 : 0);
        assert_int_equal(tries, 3);
        if (!pins[i].sent) continue;
        assert_int_equal(card.verified_size, strlen(pins[i].sent));
        assert_memory_equal(card.verified, pins[i].sent, card.verified_size);
        assert_int_equal(card.selected, pins[i].key == SOURCE_SIGNING ? 0x1B : 0x18);
    }
}

static void test_verify(void **state)
{
    static const struct {
        unsigned int status;
        wire_code_t code;
        int tries;
    } said[] = {
        {0x9000, WIRE_OK, 3},
        {0x63C2, WIRE_PIN_WRONG, 2},
        {0x63CF, WIRE_PIN_WRONG, 15},
        {0x63C0, WIRE_PIN_BLOCKED, 0},
        {0x6983, WIRE_PIN_BLOCKED, 0},
        {0x6984, WIRE_PIN_BLOCKED, 0},
        {0x6C04, WIRE_UNSUPPORTED_CARD, 3},
        {0x6300, WIRE_UNSUPPORTED_CARD, 3},
        {0x6700, WIRE_UNSUPPORTED_CARD, 3},
    };

    (void)state;
    for (apr_size_t i = 0; i < sizeof said / sizeof *said; ++i) {
        int tries = 3;
        card.verify = said[i].status;
        card.verifies = 0;
        assert_int_equal(verify(JPKI_MY_NUMBER, SOURCE_AUTHENTICATION, "1234", &tries), said[i].code);
        assert_int_equal(tries, said[i].tries);
        assert_int_equal(card.verifies, 1);
    }
}

/* Sent once, and nothing claimed of the tries. */
static void test_lost_answer(void **state)
{
    int tries = 3;

    (void)state;
    card.broken = WIRE_TIMEOUT;
    assert_int_equal(verify(JPKI_MY_NUMBER, SOURCE_AUTHENTICATION, "1234", &tries), WIRE_TIMEOUT);
    assert_int_equal(card.verifies, 1);
    assert_int_equal(tries, 3);
}

/* A file with this many bytes of a SEQUENCE and some FF behind it. */
static void put_certificate_in(unsigned int number, apr_size_t size, apr_size_t padding)
{
    file_t *file = &card.files[number];
    file->there = true;
    file->size = size + padding;
    memset(file->bytes, 0xFF, file->size);
    for (apr_size_t i = 0; i < size; ++i) file->bytes[i] = (unsigned char)(i % 251);
    file->bytes[0] = 0x30;
    if (size < 0x82) {
        file->bytes[1] = (unsigned char)(size - 2);
    } else if (size < 0x103) {
        file->bytes[1] = 0x81;
        file->bytes[2] = (unsigned char)(size - 3);
    } else {
        file->bytes[1] = 0x82;
        file->bytes[2] = (unsigned char)((size - 4) >> 8);
        file->bytes[3] = (unsigned char)(size - 4);
    }
}

static void put_certificate(apr_size_t size, apr_size_t padding)
{
    put_certificate_in(0x0A, size, padding);
}

static void test_certificate(void **state)
{
    static const apr_size_t sizes[] = {20, 127 + 2, 255 + 3, 256 + 4, 511, 512, 513, 1500, 16384};
    static const apr_size_t parts[] = {256, 255, 1};
    span_t der;

    (void)state;
    for (apr_size_t part = 0; part < sizeof parts / sizeof *parts; ++part) {
        for (apr_size_t i = 0; i < sizeof sizes / sizeof *sizes; ++i) {
            card.part = parts[part] == 1 && sizes[i] < 4096 ? 4 : parts[part] == 1 ? 100 : parts[part];
            put_certificate(sizes[i], i % 2 ? 600 : 0);
            assert_int_equal(jpki_certificate(&channel, SOURCE_AUTHENTICATION, &der, pool), WIRE_OK);
            assert_int_equal(der.size, sizes[i]);
            assert_memory_equal(der.at, card.files[0x0A].bytes, der.size);
        }
    }
}

static void test_no_certificate(void **state)
{
    span_t der;

    (void)state;
    assert_int_equal(jpki_certificate(&channel, SOURCE_AUTHENTICATION, &der, pool), WIRE_CERT_MISSING);
    fill_file(0x0A, "", 0);
    assert_int_equal(jpki_certificate(&channel, SOURCE_AUTHENTICATION, &der, pool), WIRE_CERT_MISSING);
    fill_file(0x0A, "\xFF\xFF\xFF\xFF\xFF", 5);
    assert_int_equal(jpki_certificate(&channel, SOURCE_AUTHENTICATION, &der, pool), WIRE_CERT_MISSING);
    fill_file(0x0A, "\0\0\0\0\0", 5);
    assert_int_equal(jpki_certificate(&channel, SOURCE_AUTHENTICATION, &der, pool), WIRE_CERT_MISSING);
}

static void test_bad_certificate(void **state)
{
    static const char *const starts[] = {"\x31\x02\x01\x01", "\x30\x80\x01\x01", "\x30\x83\x01\x01\x01",
                                         "\x30\x84\xFF\xFF", "\x30\x82\x3F\xFD", "\x30\x82\xFF\xFF",
                                         "\x30\x02"};
    span_t der;

    (void)state;
    for (apr_size_t i = 0; i < sizeof starts / sizeof *starts; ++i) {
        fill_file(0x0A, starts[i], strlen(starts[i]));
        assert_int_equal(jpki_certificate(&channel, SOURCE_AUTHENTICATION, &der, pool), WIRE_UNSUPPORTED_CARD);
    }
    /* The file ends before the certificate does. */
    put_certificate(1000, 0);
    card.files[0x0A].size = 700;
    card.reads = 0;
    assert_int_equal(jpki_certificate(&channel, SOURCE_AUTHENTICATION, &der, pool), WIRE_UNSUPPORTED_CARD);
    assert_true(card.reads <= 5);
}

static void test_identity(void **state)
{
    span_t identity, bare, two;

    (void)state;
    put_certificate(700, 68);
    put_certificate_in(0x02, 300, 0);
    assert_int_equal(jpki_identity(&channel, JPKI_MY_NUMBER, &identity, pool), WIRE_OK);
    assert_true(span_equal(identity, (span_t){(const char *)card.files[0x0A].bytes, 700}));

    card.files[0x0A].there = false;
    assert_int_equal(jpki_identity(&channel, JPKI_MY_NUMBER, &identity, pool), WIRE_OK);
    assert_memory_equal(identity.at, "my-number-card", strlen("my-number-card"));
    assert_int_equal(identity.size, strlen("my-number-card") + 300);
    assert_memory_equal(identity.at + strlen("my-number-card"), card.files[0x02].bytes, 300);

    put_certificate_in(0x0B, 400, 0);
    assert_int_equal(jpki_identity(&channel, JPKI_MY_NUMBER, &two, pool), WIRE_OK);
    assert_int_equal(two.size, identity.size + 400);

    card.files[0x02].there = card.files[0x0B].there = false;
    assert_int_equal(jpki_identity(&channel, JPKI_RESIDENT_REGISTRY, &bare, pool), WIRE_OK);
    assert_true(span_is(bare, "resident-registry-card"));
}

/* What is behind a PIN is no part of it; what breaks off is no identity. */
static void test_closed_identity(void **state)
{
    span_t identity;

    (void)state;
    put_certificate(700, 68);
    card.read = 0x6982;
    assert_int_equal(jpki_identity(&channel, JPKI_MY_NUMBER, &identity, pool), WIRE_OK);
    assert_true(span_is(identity, "my-number-card"));
    card.read = 0x6F00;
    assert_int_equal(jpki_identity(&channel, JPKI_MY_NUMBER, &identity, pool), WIRE_UNSUPPORTED_CARD);
    card.read = 0;
    card.files[0x0A].size = 500;
    assert_int_equal(jpki_identity(&channel, JPKI_MY_NUMBER, &identity, pool), WIRE_UNSUPPORTED_CARD);
}

static void test_sign(void **state)
{
    static const unsigned char digest_info[51];
    unsigned char signature[256];
    apr_size_t size = sizeof signature;

    (void)state;
    assert_int_equal(jpki_sign(&channel, SOURCE_SIGNING, digest_info, 51, signature, &size), WIRE_OK);
    assert_int_equal(size, 256);
    assert_int_equal(card.selected, 0x1A);
    size = 255;
    assert_int_equal(jpki_sign(&channel, SOURCE_AUTHENTICATION, digest_info, 51, signature, &size), WIRE_FAILED);
    assert_int_equal(card.selected, 0x17);
    size = sizeof signature;
    card.sign = 0x6982;
    assert_int_equal(jpki_sign(&channel, SOURCE_SIGNING, digest_info, 51, signature, &size), WIRE_FAILED);
    card.sign = 0x6F00;
    assert_int_equal(jpki_sign(&channel, SOURCE_SIGNING, digest_info, 51, signature, &size), WIRE_UNSUPPORTED_CARD);
    assert_int_equal(size, sizeof signature);
}

static int start(void **state)
{
    pool = test_pool(state);
    return 0;
}

#define ON_NEW_CARD(test) cmocka_unit_test_setup(test, new_card)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_NEW_CARD(test_select),      ON_NEW_CARD(test_present),         ON_NEW_CARD(test_tries),
        ON_NEW_CARD(test_pin_forms),   ON_NEW_CARD(test_verify),          ON_NEW_CARD(test_lost_answer),
        ON_NEW_CARD(test_certificate), ON_NEW_CARD(test_no_certificate),  ON_NEW_CARD(test_bad_certificate),
        ON_NEW_CARD(test_identity),    ON_NEW_CARD(test_closed_identity), ON_NEW_CARD(test_sign),
    };
    return cmocka_run_group_tests(tests, start, test_pool_drop);
}
