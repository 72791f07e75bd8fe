/* SPDX-License-Identifier: Apache-2.0
 *
 * signer/card.c and pcsc.c with a PC/SC service of the test's own in the place of libpcsclite: readers, with and
 * without a pad, and cards that do no more than open needs. (A real service, with an emulated card, is test/card's.)
 */
#include "signer/pinpad.h"
#include "signer/source.h"
#include "test.h"
#include "wire/frame.h"

#include <reader.h>
#include <winscard.h>

enum { CONTROL_PAD = 0x42330006, LABEL = 0x06, CERTIFICATE = 0x0A, PIN_OF_AUTHENTICATION = 0x18 };

typedef enum { OURS, FOREIGN, DAMAGED, BUSY, EMPTY } content_t;

static const char *const names[] = {"First Reader", "Second Reader"};

static struct {
    content_t content[2];
    int taken;           /* whose card is connected */
    unsigned int events; /* the service's count of insertions and removals */
    bool swap;           /* another card lies there when this one is to be taken */
    bool pad;
    apr_interval_time_t typing; /* how long the pad takes */
    int connected, connects, verifies;
    unsigned int selected;
    unsigned char order[PINPAD_BYTES]; /* that the pad was given last */
} reader;

static apr_pool_t *pool;
static source_t *source;

/* The service. */

LONG SCardEstablishContext(DWORD scope, LPCVOID first, LPCVOID second, LPSCARDCONTEXT context)
{
    (void)scope;
    (void)first;
    (void)second;
    *context = 1;
    return SCARD_S_SUCCESS;
}

LONG SCardReleaseContext(SCARDCONTEXT context)
{
    (void)context;
    return SCARD_S_SUCCESS;
}

LONG SCardListReaders(SCARDCONTEXT context, LPCSTR groups, LPSTR list, LPDWORD size)
{
    static const char all[] = "First Reader\0Second Reader\0";

    (void)context;
    (void)groups;
    assert_true(*size >= sizeof all);
    memcpy(list, all, sizeof all);
    *size = sizeof all;
    return SCARD_S_SUCCESS;
}

static int place_of(const char *name)
{
    return strcmp(name, names[1]) == 0;
}

LONG SCardGetStatusChange(SCARDCONTEXT context, DWORD timeout, SCARD_READERSTATE *states, DWORD count)
{
    (void)context;
    (void)timeout;
    for (DWORD i = 0; i < count; i++) {
        bool empty = reader.content[place_of(states[i].szReader)] == EMPTY;
        states[i].dwEventState = (empty ? SCARD_STATE_EMPTY : SCARD_STATE_PRESENT) | reader.events << 16;
    }
    return SCARD_S_SUCCESS;
}

LONG SCardConnect(SCARDCONTEXT context, LPCSTR name, DWORD mode, DWORD protocols, LPSCARDHANDLE card, LPDWORD protocol)
{
    (void)context;
    (void)mode;
    (void)protocols;
    reader.taken = place_of(name);
    if (reader.content[reader.taken] == BUSY) return SCARD_E_SHARING_VIOLATION;
    if (reader.content[reader.taken] == DAMAGED) return SCARD_W_UNRESPONSIVE_CARD;
    *card = 1;
    *protocol = SCARD_PROTOCOL_T1;
    reader.connected++;
    reader.connects++;
    if (reader.swap) reader.events += 2;
    reader.swap = false;
    return SCARD_S_SUCCESS;
}

LONG SCardDisconnect(SCARDHANDLE card, DWORD disposition)
{
    (void)card;
    (void)disposition;
    reader.connected--;
    return SCARD_S_SUCCESS;
}

LONG SCardBeginTransaction(SCARDHANDLE card)
{
    (void)card;
    return SCARD_S_SUCCESS;
}

LONG SCardEndTransaction(SCARDHANDLE card, DWORD disposition)
{
    (void)card;
    (void)disposition;
    return SCARD_S_SUCCESS;
}

/* The reader's features, or its pad with the PIN that the holder types. */
LONG SCardControl(SCARDHANDLE card, DWORD control, LPCVOID sent, DWORD sent_size, LPVOID answer, DWORD room,
                  LPDWORD size)
{
    static const unsigned char features[] = {FEATURE_VERIFY_PIN_DIRECT, 4, 0x42, 0x33, 0x00, 0x06};

    (void)card;
    assert_true(room >= sizeof features);
    if (control == CM_IOCTL_GET_FEATURE_REQUEST) {
        *size = reader.pad ? sizeof features : 0;
        memcpy(answer, features, *size);
        return SCARD_S_SUCCESS;
    }
    assert_true(control == CONTROL_PAD && sent_size == sizeof reader.order);
    memcpy(reader.order, sent, sent_size);
    apr_sleep(reader.typing);
    memcpy(answer, "\x90\x00", 2);
    *size = 2;
    return SCARD_S_SUCCESS;
}

/* The card: a label, the certificate that names it, the PIN of authentication. */

static DWORD say(unsigned char *answer, const void *bytes, DWORD size, const char *status)
{
    memcpy(answer, bytes, size);
    memcpy(answer + size, status, 2);
    return size + 2;
}

static DWORD select_file(const unsigned char *command, unsigned char *answer)
{
    if (reader.content[reader.taken] == FOREIGN) return say(answer, "", 0, "\x6A\x82");
    if (command[2] == 0x04) return say(answer, "", 0, "\x90\x00");
    reader.selected = command[6];
    switch (reader.selected) {
    case LABEL:
    case CERTIFICATE:
    case PIN_OF_AUTHENTICATION: return say(answer, "", 0, "\x90\x00");
    default: return say(answer, "", 0, "\x6A\x82");
    }
}

static DWORD read_file(unsigned char *answer)
{
    if (reader.selected == LABEL) return say(answer, "JPKIAPICCTOKEN2                 ", 32, "\x90\x00");
    return say(answer, "\x30\x02\x05\x00", 4, "\x90\x00");
}

static DWORD verify(DWORD size, unsigned char *answer)
{
    if (size == 4) return say(answer, "", 0, "\x63\xC3");
    reader.verifies++;
    return say(answer, "", 0, "\x90\x00");
}

LONG SCardTransmit(SCARDHANDLE card, const SCARD_IO_REQUEST *header, LPCBYTE command, DWORD size,
                   SCARD_IO_REQUEST *other, LPBYTE answer, LPDWORD received)
{
    (void)card;
    (void)header;
    (void)other;
    switch (command[1]) {
    case 0xA4: *received = select_file(command, answer); break;
    case 0xB0: *received = read_file(answer); break;
    case 0x20: *received = verify(size, answer); break;
    default: *received = say(answer, "", 0, "\x6D\x00");
    }
    return SCARD_S_SUCCESS;
}

/* The tests. */

static int begin(void **state)
{
    const source_card_options_t options = {.patience = apr_time_from_sec(5)};

    pool = test_pool(state);
    memset(&reader, 0, sizeof reader);
    reader.content[1] = EMPTY;
    source = source_card(&options, pool);
    return 0;
}

static int end(void **state)
{
    source->calls->close(source);
    return reader.connected != 0 || test_pool_drop(state);
}

static wire_code_t open_card(source_prompt_t *prompt)
{
    return source->calls->open(source, SOURCE_AUTHENTICATION, prompt, pool);
}

/* At the pad, by a holder who has so much time. */
static wire_code_t unlock_within(apr_interval_time_t left)
{
    source_prompt_t prompt;
    int tries;

    assert_int_equal(open_card(&prompt), WIRE_OK);
    assert_true(prompt.pinpad);
    memset(reader.order, 0, sizeof reader.order);
    return source->calls->unlock(source, NULL, frame_clock() + left, &tries);
}

static void test_pin(void **state)
{
    const pin_t pin = {4, "1234"};
    source_prompt_t prompt;
    int tries;

    (void)state;
    assert_int_equal(open_card(&prompt), WIRE_OK);
    assert_false(prompt.pinpad);
    assert_int_equal(prompt.tries, 3);
    assert_true(prompt.insertion.size > 0 && prompt.holder.size > 0);
    assert_int_equal(source->calls->unlock(source, &pin, frame_clock() + apr_time_from_sec(60), &tries), WIRE_OK);
    assert_int_equal(reader.verifies, 1);
}

/* Another card than the one that was seen is not told of as that one. */
static void test_swap(void **state)
{
    source_prompt_t prompt;
    answer_info_t info;

    (void)state;
    source->calls->info(source, &info, pool);
    assert_int_equal(info.code, WIRE_OK);
    const span_t before = info.insertion;
    reader.swap = true;
    source->calls->info(source, &info, pool);
    assert_int_equal(info.code, WIRE_CARD_REMOVED);
    assert_int_equal(info.holder.size, 0);
    assert_int_equal(reader.connected, 0);
    reader.swap = true;
    assert_int_equal(open_card(&prompt), WIRE_CARD_REMOVED);
    assert_int_equal(open_card(&prompt), WIRE_OK);
    assert_false(span_equal(prompt.insertion, before));
}

/* A security key is a reader whose card never goes out: what lies in the other one is found all the same. */
static void test_foreign_card(void **state)
{
    static const struct {
        content_t first, second;
        wire_code_t code;
        int found; /* whose name and insertion are told */
    } lain[] = {
        {OURS, OURS, WIRE_OK, 0},
        {OURS, FOREIGN, WIRE_OK, 0},
        {FOREIGN, OURS, WIRE_OK, 1},
        {DAMAGED, OURS, WIRE_OK, 1},
        {EMPTY, OURS, WIRE_OK, 1},
        {FOREIGN, EMPTY, WIRE_UNSUPPORTED_CARD, 0},
        {FOREIGN, FOREIGN, WIRE_UNSUPPORTED_CARD, 0},
        {EMPTY, FOREIGN, WIRE_UNSUPPORTED_CARD, 1},
        {FOREIGN, BUSY, WIRE_BUSY, 1},
        {EMPTY, EMPTY, WIRE_NO_CARD, 0},
    };
    answer_info_t info, again;
    source_prompt_t prompt;

    (void)state;
    for (apr_size_t i = 0; i < sizeof lain / sizeof *lain; i++) {
        reader.content[0] = lain[i].first;
        reader.content[1] = lain[i].second;
        source->calls->info(source, &info, pool);
        assert_int_equal(info.code, lain[i].code);
        assert_true(span_is(info.reader, names[lain[i].found]));
        assert_int_equal(reader.connected, 0);
        if (lain[i].code == WIRE_BUSY) continue; /* two seconds are enough */
        source->calls->info(source, &again, pool);
        assert_true(span_equal(again.insertion, info.insertion));
        assert_int_equal(open_card(&prompt), lain[i].code);
        if (lain[i].code == WIRE_OK) assert_true(span_equal(prompt.insertion, info.insertion));
        source->calls->close(source);
    }
    assert_int_equal(reader.verifies, 0);
}

/* Where the reader is named, no other is looked into. */
static void test_named_reader(void **state)
{
    const source_card_options_t options = {.patience = apr_time_from_sec(5), .reader = "First"};
    answer_info_t info;

    (void)state;
    source = source_card(&options, pool);
    reader.content[0] = FOREIGN;
    reader.content[1] = OURS;
    source->calls->info(source, &info, pool);
    assert_int_equal(info.code, WIRE_UNSUPPORTED_CARD);
    assert_int_equal(reader.connects, 1);
}

/* The pad is told to end before the holder's time does, and is not asked where there is next to none. */
static void test_time_at_pad(void **state)
{
    (void)state;
    reader.pad = true;
    assert_int_equal(unlock_within(apr_time_from_sec(100)), WIRE_OK);
    assert_int_equal(reader.order[0], 30);
    assert_int_equal(unlock_within(apr_time_from_msec(12500)), WIRE_OK);
    assert_in_range(reader.order[0], 8, 11);
    assert_int_equal(reader.order[1], reader.order[0]);
    assert_int_equal(unlock_within(apr_time_from_sec(2)), WIRE_TIMEOUT);
    assert_int_equal(unlock_within(-1), WIRE_TIMEOUT);
    assert_int_equal(reader.order[0], 0);
}

/* A pad that does not keep to it is not waited for. */
static void test_endless_pad(void **state)
{
    const apr_time_t begun = frame_clock();

    (void)state;
    reader.pad = true;
    reader.typing = apr_time_from_sec(6);
    assert_int_equal(unlock_within(apr_time_from_msec(3200)), WIRE_TIMEOUT);
    assert_true(frame_clock() - begun < apr_time_from_msec(5500));
    for (int i = 0; i < 100 && reader.connected; i++) apr_sleep(apr_time_from_msec(100)); /* it lets go of the card */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_pin, begin, end),
        cmocka_unit_test_setup_teardown(test_swap, begin, end),
        cmocka_unit_test_setup_teardown(test_foreign_card, begin, end),
        cmocka_unit_test_setup_teardown(test_named_reader, begin, end),
        cmocka_unit_test_setup_teardown(test_time_at_pad, begin, end),
        cmocka_unit_test_setup_teardown(test_endless_pad, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
