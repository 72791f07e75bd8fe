/* SPDX-License-Identifier: Apache-2.0
 *
 * wire/manifest: the bytes that people sign. One way to write them, and no other way is read.
 */
#include "base/error.h"
#include "test.h"
#include "wire/manifest.h"

#include <stdlib.h>

#define RULES "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define NONCE "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
#define HEAD                                                                                                           \
    "kawasaki-manifest 1\n"                                                                                            \
    "rules\t" RULES "\n"                                                                                               \
    "city\tkawasaki\n"                                                                                                 \
    "flow\tjpki.register\n"                                                                                            \
    "account\t86000001\n"                                                                                              \
    "origin\thttps://madoguchi.example.jp\n"                                                                           \
    "nonce\t" NONCE "\n"
#define TIME "time\t2026-11-22T09:24:34Z\n"

static apr_pool_t *pool;

static int begin(void **state)
{
    pool = test_pool(state);
    return 0;
}

static const manifest_line_t some_lines[] = {{SPAN("name"), SPAN("氏名"), SPAN("川崎　太郎")},
                                             {SPAN("note"), SPAN("備考\t1"), SPAN("a\\b\tc\r\nd")},
                                             {SPAN("building"), SPAN("建物名"), SPAN("")}};

static manifest_t sample(void)
{
    return (manifest_t){.rules = SPAN(RULES),
                        .city = SPAN("kawasaki"),
                        .flow = SPAN("jpki.register"),
                        .account = SPAN("86000001"),
                        .origin = SPAN("https://madoguchi.example.jp"),
                        .nonce = SPAN(NONCE),
                        .at = apr_time_from_sec(1795339474),
                        .lines = some_lines,
                        .count = 3};
}

static void assert_refused(span_t bytes, apr_status_t status)
{
    manifest_t manifest;
    if (manifest_decode(&manifest, bytes, pool) != status)
        fail_msg("not refused as it should be: %.*s", (int)bytes.size, bytes.at);
    assert_int_equal(manifest.count, 0);
    assert_int_equal(manifest.rules.size, 0);
}

static void the_bytes_are_these(void **state)
{
    static const char expected[] = HEAD TIME "\n"
                                             "name\t氏名\t川崎　太郎\n"
                                             "note\t備考\\t1\ta\\\\b\\tc\\r\\nd\n"
                                             "building\t建物名\t\n";
    manifest_t manifest = sample(), got;
    span_t bytes;

    (void)state;
    assert_int_equal(manifest_encode(&bytes, &manifest, pool), APR_SUCCESS);
    assert_int_equal(bytes.size, sizeof expected - 1);
    assert_memory_equal(bytes.at, expected, bytes.size);

    assert_int_equal(manifest_decode(&got, bytes, pool), APR_SUCCESS);
    assert_true(span_equal(got.rules, manifest.rules));
    assert_true(span_equal(got.city, manifest.city));
    assert_true(span_equal(got.flow, manifest.flow));
    assert_true(span_equal(got.account, manifest.account));
    assert_true(span_equal(got.origin, manifest.origin));
    assert_true(span_equal(got.nonce, manifest.nonce));
    assert_true(got.at == manifest.at);
    assert_int_equal(got.count, 3);
    for (int i = 0; i < 3; i++) {
        assert_true(span_equal(got.lines[i].name, some_lines[i].name));
        assert_true(span_equal(got.lines[i].label, some_lines[i].label));
        assert_true(span_equal(got.lines[i].value, some_lines[i].value));
    }
    assert_in_range(got.lines[0].value.at, bytes.at, bytes.at + bytes.size); /* no copy where there is no escape */
}

static void little_is_enough(void **state)
{
    manifest_t manifest = sample(), got;
    span_t bytes;

    (void)state;
    manifest.count = 0;
    manifest.account = SPAN("");
    manifest.at = 0;
    assert_int_equal(manifest_encode(&bytes, &manifest, pool), APR_SUCCESS);
    assert_int_equal(manifest_decode(&got, bytes, pool), APR_SUCCESS);
    assert_int_equal(got.count, 0);
    assert_int_equal(got.account.size, 0);
    assert_true(got.at == 0);
}

static void other_bytes_are_refused(void **state)
{
    static const span_t wrong[] = {
        SPAN(""),
        SPAN("\n"),
        SPAN("kawasaki-manifest 1"),
        SPAN("kawasaki-manifest 1\n"),
        SPAN(HEAD),
        SPAN(HEAD TIME),
        SPAN(HEAD "\n"),
        SPAN("\xEF\xBB\xBF" HEAD TIME "\n"),
        SPAN(HEAD TIME "\n\n"),
        SPAN(HEAD TIME "\nname"),
        SPAN(HEAD TIME "\nname\tl\tv"),
        SPAN(HEAD TIME "\nname\n"),
        SPAN(HEAD TIME "\nname\tl\n"),
        SPAN(HEAD TIME "\n\tl\tv\n"),
        SPAN(HEAD TIME "\nname\tl\tv\tw\n"),
        SPAN(HEAD TIME "\nname\tl\tv\n\n"),
        SPAN(HEAD TIME "\nname\tl\tv\r\n"),
        SPAN(HEAD TIME "\nna me\tl\tv\n"),
        SPAN(HEAD TIME "\nna\\tme\tl\tv\n"),
        SPAN(HEAD TIME "\n名\tl\tv\n"),
        SPAN(HEAD TIME "\nname\tl\tv\\\n"),
        SPAN(HEAD TIME "\nname\tl\tv\\x\n"),
        SPAN(HEAD TIME "\nname\tl\\\tv\n"),
        SPAN(HEAD TIME "\nname\tl\t\0\n"),
        SPAN(HEAD TIME "\nname\t\0\tv\n"),
        SPAN(HEAD TIME "\nname\tl\tv\\\0\n"),
        SPAN(HEAD TIME "\nname\tl\t\xC0\x80\n"),
        SPAN(HEAD TIME "\nname\t\xFF\tv\n"),
        SPAN(HEAD TIME "\nname\tl\t\xED\xA0\x80\n"),
        SPAN(HEAD TIME "\nname\tl\tv\n\0"),
        SPAN(HEAD " " TIME "\n"),
        SPAN(HEAD TIME TIME "\n"),
        SPAN(HEAD "time\t2026-11-22T09:24:34\n\n"),
        SPAN(HEAD "time\t2026-11-22T09:24:34z\n\n"),
        SPAN(HEAD "time\t2026-11-22 09:24:34Z\n\n"),
        SPAN(HEAD "time\t2026-11-22T09:24:34+\n\n"),
        SPAN(HEAD "time\t2026-11-31T09:24:34Z\n\n"),
        SPAN(HEAD "time\t2026-02-29T09:24:34Z\n\n"),
        SPAN(HEAD "time\t2026-00-22T09:24:34Z\n\n"),
        SPAN(HEAD "time\t2026-13-22T09:24:34Z\n\n"),
        SPAN(HEAD "time\t2026-11-00T09:24:34Z\n\n"),
        SPAN(HEAD "time\t2026-11-22T24:00:00Z\n\n"),
        SPAN(HEAD "time\t2026-11-22T09:24:60Z\n\n"),
        SPAN(HEAD "time\t2026-11-22T 9:24:34Z\n\n"),
        SPAN(HEAD "time\t2026-11-22T+9:24:34Z\n\n"),
        SPAN(HEAD "time\t1969-12-31T23:59:59Z\n\n"),
        SPAN(HEAD "time\t-001-12-31T23:59:59Z\n\n"),
        SPAN(HEAD "time\t\n\n"),
        SPAN(HEAD "Time\t2026-11-22T09:24:34Z\n\n"),
    };

    (void)state;
    for (apr_size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) assert_refused(wrong[i], BASE_EMALFORMED);
}

/* What is true of the values when they are written is true when they are read. */
static void values_have_their_form(void **state)
{
    static const struct {
        const char *good, *bad;
    } cases[] = {
        {"kawasaki-manifest 1", "kawasaki-manifest 2"},
        {"kawasaki-manifest 1", "kawasaki-manifest 1 "},
        {"kawasaki-manifest 1\n", "kawasaki-manifest 1\r\n"},
        {RULES, "00112233445566778899aabbccddeeff00112233445566778899aabbccddeef"},
        {RULES, RULES "0"},
        {RULES, "00112233445566778899AABBCCDDEEFF00112233445566778899aabbccddeeff"},
        {"rules\t", "rules "},
        {"city\tkawasaki\n", "city\t\n"},
        {"city\tkawasaki\n", "city\tkawa saki\n"},
        {"city\tkawasaki\n", "city\tkawasaki\tx\n"},
        {"city\tkawasaki\n", ""},
        {"city\tkawasaki\nflow\tjpki.register\n", "flow\tjpki.register\ncity\tkawasaki\n"},
        {"jpki.register", ""},
        {"jpki.register", "利用者登録"},
        {"86000001", "8600 0001"},
        {"86000001", "8600\\t0001"},
        {"86000001", "0123456789012345678901234567890123456789012345678901234567890123x"},
        {"https://madoguchi.example.jp", "https://madoguchi.example.jp/"},
        {"https://madoguchi.example.jp", "http://madoguchi.example.jp"},
        {"https://madoguchi.example.jp", ""},
        {NONCE, "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9="},
        {NONCE, ""},
    };
    static const char whole[] = HEAD TIME "\n";

    (void)state;
    for (apr_size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *place = strstr(whole, cases[i].good);
        assert_non_null(place);
        assert_refused(span_of(apr_psprintf(pool, "%.*s%s%s", (int)(place - whole), whole, cases[i].bad,
                                            place + strlen(cases[i].good))),
                       BASE_EMALFORMED);
    }
}

static void assert_unwritable(const manifest_t *manifest)
{
    span_t bytes;
    assert_int_equal(manifest_encode(&bytes, manifest, pool), BASE_EMALFORMED);
}

static void what_nobody_would_read_is_not_written(void **state)
{
    manifest_line_t line = {SPAN("name"), SPAN("氏名"), SPAN("")};
    manifest_t manifest = sample();

    (void)state;
    manifest.at += 1;
    assert_unwritable(&manifest);
    manifest.at = -apr_time_from_sec(1);
    assert_unwritable(&manifest);
    manifest.at = apr_time_from_sec(APR_INT64_C(253402300800));
    assert_unwritable(&manifest);
    manifest = sample();
    manifest.city = SPAN("kawa\tsaki");
    assert_unwritable(&manifest);
    manifest = sample();
    manifest.flow = SPAN("a\nb");
    assert_unwritable(&manifest);
    manifest = sample();
    manifest.account = SPAN("\x7F");
    assert_unwritable(&manifest);
    manifest = sample();
    manifest.rules = SPAN("");
    assert_unwritable(&manifest);
    manifest = sample();
    manifest.lines = &line;
    manifest.count = 1;
    line.value = SPAN("\xE6\xB0");
    assert_unwritable(&manifest);
    line.value = SPAN("a\0b");
    assert_unwritable(&manifest);
    line = (manifest_line_t){SPAN(""), SPAN("氏名"), SPAN("")};
    assert_unwritable(&manifest);
    line = (manifest_line_t){SPAN("na\\me"), SPAN("氏名"), SPAN("")};
    assert_unwritable(&manifest);
    line = (manifest_line_t){SPAN("name"), SPAN("\xFF"), SPAN("")};
    assert_unwritable(&manifest);
}

static void bounds_hold_to_the_byte(void **state)
{
    static char much[MANIFEST_MAX];
    manifest_line_t lines[MANIFEST_LINES_MAX + 1];
    manifest_t manifest = sample(), got;
    span_t bytes;

    (void)state;
    for (int i = 0; i <= MANIFEST_LINES_MAX; i++) lines[i] = (manifest_line_t){SPAN("n"), SPAN("l"), SPAN("v")};
    manifest.lines = lines;
    manifest.count = MANIFEST_LINES_MAX;
    assert_int_equal(manifest_encode(&bytes, &manifest, pool), APR_SUCCESS);
    assert_int_equal(manifest_decode(&got, bytes, pool), APR_SUCCESS);
    assert_int_equal(got.count, MANIFEST_LINES_MAX);
    assert_refused(span_of(apr_psprintf(pool, "%.*sn\tl\tv\n", (int)bytes.size, bytes.at)), BASE_ETOOBIG);
    manifest.count++;
    assert_int_equal(manifest_encode(&bytes, &manifest, pool), BASE_ETOOBIG);

    memset(much, 'x', sizeof much);
    manifest.count = 1;
    lines[0].value = SPAN("");
    assert_int_equal(manifest_encode(&bytes, &manifest, pool), APR_SUCCESS);
    lines[0].value = (span_t){much, MANIFEST_MAX - bytes.size};
    assert_int_equal(manifest_encode(&bytes, &manifest, pool), APR_SUCCESS);
    assert_int_equal(bytes.size, MANIFEST_MAX);
    assert_int_equal(manifest_decode(&got, bytes, pool), APR_SUCCESS);
    bytes.at = apr_psprintf(pool, "%.*sx\n", (int)bytes.size - 1, bytes.at);
    assert_refused((span_t){bytes.at, MANIFEST_MAX + 1}, BASE_ETOOBIG);
    much[0] = '\n'; /* takes two bytes */
    assert_int_equal(manifest_encode(&bytes, &manifest, pool), BASE_ETOOBIG);
}

/* Each piece stands in memory of its own size: sanitizers and valgrind see a read behind it. */
static bool is_taken(const char *bytes, apr_size_t size)
{
    char *piece = malloc(size ? size : 1);
    manifest_t manifest;
    span_t again;
    bool taken;

    assert_non_null(piece);
    memcpy(piece, bytes, size);
    taken = manifest_decode(&manifest, (span_t){piece, size}, pool) == APR_SUCCESS;
    if (taken) {
        assert_int_equal(manifest_encode(&again, &manifest, pool), APR_SUCCESS);
        assert_true(span_equal(again, (span_t){piece, size}));
    }
    free(piece);
    return taken;
}

/* A cut behind a field's line leaves a shorter manifest; any other is none. */
static void cut_and_altered_bytes(void **state)
{
    static const char noise[] = "\\\t\n\r\\tnr0Z-\xE6 ";
    const manifest_t manifest = sample();
    apr_size_t taken = 0, head = sizeof(HEAD TIME);
    span_t bytes;

    (void)state;
    assert_int_equal(manifest_encode(&bytes, &manifest, pool), APR_SUCCESS);
    for (apr_size_t size = 0; size < bytes.size; size++) {
        bool whole = size == head || (size > head && bytes.at[size - 1] == '\n');
        assert_int_equal(is_taken(bytes.at, size), whole);
    }
    srand(1);
    for (int i = 0; i < 10000; i++) {
        char *altered = apr_pmemdup(pool, bytes.at, bytes.size);
        for (int k = rand() % 3; k >= 0; k--)
            altered[(apr_size_t)rand() % bytes.size] = noise[(apr_size_t)rand() % (sizeof noise - 1)];
        taken += is_taken(altered, bytes.size);
        if (i % 100 != 99) continue;
        apr_pool_clear(pool);
        assert_int_equal(manifest_encode(&bytes, &manifest, pool), APR_SUCCESS);
    }
    assert_true(taken > 100); /* the second half is about something */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_bytes_are_these),
        cmocka_unit_test(little_is_enough),
        cmocka_unit_test(other_bytes_are_refused),
        cmocka_unit_test(values_have_their_form),
        cmocka_unit_test(what_nobody_would_read_is_not_written),
        cmocka_unit_test(bounds_hold_to_the_byte),
        cmocka_unit_test(cut_and_altered_bytes),
    };
    return cmocka_run_group_tests(tests, begin, test_pool_drop);
}
