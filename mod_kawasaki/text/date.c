/* SPDX-License-Identifier: Apache-2.0
 *
 * Dates and times as residents read them, with the Japanese era. Reading dates that people type is not here.
 */
#include "base/error.h"
#include "text/text.h"

#include <apr_time.h>

#define JAPAN_OFFSET (9 * 3600) /* seconds east of UTC; no summer time since 1951 */

typedef struct {
    int year, month, day;
} date_t;

/* The first day of each era, as year * 10000 + month * 100 + day; the newest first. */
static const struct {
    int first_day;
    const char *name;
} eras[] = {
    {20190501, "令和"}, {19890108, "平成"}, {19261225, "昭和"}, {19120730, "大正"}, {18680125, "明治"},
};

static int read_number(const char *at, apr_size_t digits)
{
    int number = 0;
    for (apr_size_t i = 0; i < digits; ++i) {
        if (at[i] < '0' || at[i] > '9') return -1;
        number = number * 10 + (at[i] - '0');
    }
    return number;
}

static int days_in(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return month == 2 && leap ? 29 : days[month - 1];
}

/* False unless it is a day of the Gregorian calendar, from year 1 on. */
static bool read_date(span_t text, date_t *date)
{
    if (text.size != 10 || text.at[4] != '-' || text.at[7] != '-') return false;
    date->year = read_number(text.at, 4);
    date->month = read_number(text.at + 5, 2);
    date->day = read_number(text.at + 8, 2);
    if (date->year < 1 || date->month < 1 || date->month > 12) return false;
    return date->day >= 1 && date->day <= days_in(date->year, date->month);
}

/* "(昭和55年)", or nothing before the first era. */
static const char *era_part(apr_pool_t *pool, const date_t *date)
{
    int day = date->year * 10000 + date->month * 100 + date->day;
    for (apr_size_t i = 0; i < sizeof eras / sizeof *eras; ++i) {
        if (day < eras[i].first_day) continue;
        int year = date->year - eras[i].first_day / 10000 + 1;
        if (year == 1) return apr_psprintf(pool, "(%s元年)", eras[i].name);
        return apr_psprintf(pool, "(%s%d年)", eras[i].name, year);
    }
    return "";
}

apr_status_t text_date_japanese(apr_pool_t *pool, span_t date, span_t *out)
{
    date_t read;
    if (!read_date(date, &read)) return BASE_EMALFORMED;
    const char *era = era_part(pool, &read);
    *out = span_of(apr_psprintf(pool, "%d年%d月%d日%s", read.year, read.month, read.day, era));
    return APR_SUCCESS;
}

span_t text_time_japanese(apr_pool_t *pool, apr_time_t at)
{
    apr_time_exp_t japan;
    apr_time_exp_tz(&japan, at, JAPAN_OFFSET);
    date_t day = {japan.tm_year + 1900, japan.tm_mon + 1, japan.tm_mday};
    return span_of(apr_psprintf(pool, "%d年%d月%d日%s %02d時%02d分", day.year, day.month, day.day, era_part(pool, &day),
                                japan.tm_hour, japan.tm_min));
}
