/* SPDX-License-Identifier: Apache-2.0
 *
 * Dates and times as residents read them, with the Japanese era. Reading dates that people type: date_input.c.
 */
#include "text/date.h"
#include "base/error.h"

#include <apr_time.h>

#define JAPAN_OFFSET (9 * 3600) /* seconds east of UTC; no summer time since 1951 */

/* Shōwa and Taishō began in the midst of a day, by edicts of that day; Heisei and Reiwa with the day after. */
const date_era_t date_eras[DATE_ERAS] = {
    {20190501, "令和", "㋿", 'R', false}, {19890108, "平成", "㍻", 'H', false}, {19261225, "昭和", "㍼", 'S', true},
    {19120730, "大正", "㍽", 'T', true},   {18680125, "明治", "㍾", 'M', false},
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

bool date_exists(const date_t *date)
{
    if (date->year < 1 || date->month < 1 || date->month > 12) return false;
    return date->day >= 1 && date->day <= days_in(date->year, date->month);
}

static int number_of(const date_t *date)
{
    return date->year * 10000 + date->month * 100 + date->day;
}

const date_era_t *date_era(const date_t *date)
{
    int day = number_of(date);
    for (apr_size_t i = 0; i < DATE_ERAS; ++i) {
        if (day >= date_eras[i].first_day) return &date_eras[i];
    }
    return NULL;
}

bool date_in_era(const date_t *date, const date_era_t *era)
{
    int day = number_of(date);
    if (day < era->first_day) return false;
    if (era == date_eras) return true;
    const date_era_t *next = era - 1;
    return next->shares_day ? day <= next->first_day : day < next->first_day;
}

/* False unless it is an existing day as it is stored. */
static bool read_date(span_t text, date_t *date)
{
    if (text.size != 10 || text.at[4] != '-' || text.at[7] != '-') return false;
    date->year = read_number(text.at, 4);
    date->month = read_number(text.at + 5, 2);
    date->day = read_number(text.at + 8, 2);
    return date_exists(date);
}

/* "(昭和55年)", or nothing before the first era. */
static const char *era_part(apr_pool_t *pool, const date_t *date)
{
    const date_era_t *era = date_era(date);
    if (!era) return "";
    int year = date->year - era->first_day / 10000 + 1;
    if (year == 1) return apr_psprintf(pool, "(%s元年)", era->name);
    return apr_psprintf(pool, "(%s%d年)", era->name, year);
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
    return span_of(apr_psprintf(pool, "%d年%d月%d日%s %d時%02d分", day.year, day.month, day.day, era_part(pool, &day),
                                japan.tm_hour, japan.tm_min));
}
