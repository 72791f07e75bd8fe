/* SPDX-License-Identifier: Apache-2.0
 *
 * Days and eras, as the two sides of dates know them: date.c writes, date_input.c reads. For the files of this room.
 */
#ifndef TEXT_DATE_H
#define TEXT_DATE_H

#include "text/text.h"

typedef struct {
    int year, month, day;
} date_t;

typedef struct {
    int first_day;    /* year * 10000 + month * 100 + day */
    const char *name; /* "昭和" */
    const char *one;  /* as one character, U+337C */
    char letter;      /* 'S' */
    bool shares_day;  /* its first day is the last of the era before, too */
} date_era_t;

#define DATE_ERAS 5
extern const date_era_t date_eras[DATE_ERAS]; /* the newest first */

/* Is it a day of the Gregorian calendar, from year 1 on? */
bool date_exists(const date_t *date);

/* The era of an existing day, of two the newer; NULL before the first. */
const date_era_t *date_era(const date_t *date);

/* Does this era, one of date_eras, have the existing day? */
bool date_in_era(const date_t *date, const date_era_t *era);

#endif
