/* SPDX-License-Identifier: Apache-2.0
 *
 * The table of databases. Messages are compared because apr_dbd gives no code that all drivers share: sqlite3's reports
 * most errors as 1, PostgreSQL's as "fatal".
 */
#include "store/driver.h"

#include <apr_strings.h>
#include <string.h>

static const store_driver_t drivers[] = {
    {.name = "sqlite3",
     .serial = true,
     /* A deferred transaction would only learn at its first write that another was faster, and fail. */
     .begin = "BEGIN IMMEDIATE",
     .connect = {"PRAGMA foreign_keys=ON",
                 /* Writers wait at the lock; what is left is the moment in which a process closes its last connection.
                    The driver tries again by itself: this is short. */
                 "PRAGMA busy_timeout=100",
                 /* An acknowledged write survives a power cut. */
                 "PRAGMA synchronous=FULL",
                 /* What is deleted is gone from the file. */
                 "PRAGMA secure_delete=ON"},
     /* And from the log beside it, which would keep it until its place is needed. A reader that is in the way is waited
        for no longer than busy_timeout says: then it is for the next time. */
     .tidy = "PRAGMA wal_checkpoint(TRUNCATE)",
     .migrate = {"PRAGMA journal_mode=WAL"},
     .versioned = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'schema_version'",
     .busy = {"is locked"},
     /* After CREATE INDEX on the same connection sqlite3 fails without a message of its own. */
     .stale = {"schema has changed", "not an error"}},
    {.name = "pgsql",
     .begin = "BEGIN",
     .versioned = "SELECT 1 FROM pg_class WHERE oid = to_regclass('schema_version')",
     .busy = {"deadlock detected", "could not serialize", "lock timeout", "too many clients"},
     .quotes_values = true},
};

const store_driver_t *store_driver_find(const char *name)
{
    for (apr_size_t i = 0; i < sizeof drivers / sizeof *drivers; i++)
        if (strcmp(drivers[i].name, name) == 0) return &drivers[i];
    return NULL;
}

static bool holds_one(const char *message, const char *const *pieces)
{
    for (; *pieces; pieces++)
        if (strstr(message, *pieces)) return true;
    return false;
}

bool store_driver_is_busy(const store_driver_t *driver, const char *message)
{
    return holds_one(message, driver->busy);
}

bool store_driver_is_stale(const store_driver_t *driver, const char *message)
{
    return holds_one(message, driver->stale);
}

const char *store_driver_reason(const store_driver_t *driver, const char *message, apr_pool_t *pool)
{
    apr_size_t size = strcspn(message, "\r\n");

    if (driver->quotes_values) {
        /* `ERROR:  invalid input syntax for type bigint: "…"`, then DETAIL and CONTEXT on lines of their own. */
        const char *first = memchr(message, ':', size);
        const char *second = first ? memchr(first + 1, ':', size - (apr_size_t)(first + 1 - message)) : NULL;
        if (second) size = (apr_size_t)(second - message);
    }
    return apr_pstrmemdup(pool, message, size);
}
