/* SPDX-License-Identifier: Apache-2.0
 *
 * Tests of text/match_forms.c against the character sets themselves: EUC-JP holds JIS X 0208 and JIS X 0212, as a
 * certificate does.
 */
#include "test.h"
#include "text/match_char.h"

#include <iconv.h>

#define BEHIND_LAST 0x32000

static iconv_t encoder;

static int set_up(void **state)
{
    (void)state;
    encoder = iconv_open("EUC-JP", "UTF-8");
    return encoder == (iconv_t)-1;
}

static int tear_down(void **state)
{
    (void)state;
    return iconv_close(encoder);
}

static bool certificates_hold(uint32_t code)
{
    char in[4], out[8], *from = in, *to = out;
    size_t in_left = code_put(in, code), out_left = sizeof out;
    return iconv(encoder, &from, &in_left, &to, &out_left) == 0;
}

/* Else people with this kanji in their name could not match their certificate, or others would. */
static void a_person_s_other_form_is_for_what_certificates_lack(void **state)
{
    (void)state;
    int count = 0;
    for (uint32_t code = 0x3400; code < BEHIND_LAST; ++code) {
        uint32_t form = match_form(code, MATCH_PERSON);
        if (form == code) continue;
        if (certificates_hold(code) || !certificates_hold(form)) fail_msg("U+%04X: U+%04X", code, form);
        ++count;
    }
    assert_true(count > 80);
}

static void a_place_s_other_forms_are_all_in_certificates(void **state)
{
    (void)state;
    int count = 0;
    for (uint32_t code = 0x3400; code < BEHIND_LAST; ++code) {
        uint32_t form = match_form(code, MATCH_PLACE);
        if (!certificates_hold(form) && form != code) fail_msg("U+%04X: U+%04X", code, form);
        if (match_form(form, MATCH_PLACE) != form) fail_msg("U+%04X has a form of its own", form);
        count += form != code;
    }
    assert_true(count > 400);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_person_s_other_form_is_for_what_certificates_lack),
        cmocka_unit_test(a_place_s_other_forms_are_all_in_certificates),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
