/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/instant.h"

#define JAPAN_OFFSET 32400 /* seconds; no summer time since 1952 */

static const char form[] = "0000-00-00 00:00";

static bool is_written_like_one(span_t text)
{
    if (text.size < sizeof form - 1) return false;
    for (apr_size_t i = 0; i < sizeof form - 1; i++) {
        bool digit = text.at[i] >= '0' && text.at[i] <= '9';
        if (form[i] == '0' ? !digit : text.at[i] != form[i]) return false;
    }
    return true;
}

static int number(const char *at, int digits)
{
    int value = 0;
    while (digits--) value = value * 10 + (*at++ - '0');
    return value;
}

static int days_of(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap ? 1 : 0);
}

apr_size_t rules_instant_read(span_t text, int64_t *seconds)
{
    if (!is_written_like_one(text)) return 0;
    int year = number(text.at, 4), month = number(text.at + 5, 2), day = number(text.at + 8, 2);
    int hour = number(text.at + 11, 2), minute = number(text.at + 14, 2);
    *seconds = RULES_INSTANT_WRONG;
    if (year < 1970 || month < 1 || month > 12 || day < 1 || day > days_of(year, month)) return sizeof form - 1;
    if (hour > 23 || minute > 59) return sizeof form - 1;

    int64_t days = day - 1;
    for (int y = 1970; y < year; y++) days += days_of(y, 2) == 29 ? 366 : 365;
    for (int m = 1; m < month; m++) days += days_of(year, m);
    *seconds = ((days * 24 + hour) * 60 + minute) * 60 - JAPAN_OFFSET;
    return sizeof form - 1;
}
