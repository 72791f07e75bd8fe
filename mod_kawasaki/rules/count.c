/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/count.h"

#include "rules/cursor.h"

/* account, address */
static bool read_per(cursor_t *cursor, rules_count_t *read)
{
    read->per = RULES_PER_ACCOUNT;
    if (rules_take_this(cursor, "account")) return true;
    read->per = RULES_PER_ADDRESS;
    if (rules_take_this(cursor, "address")) return true;
    rules_expected(cursor, "account or address");
    return false;
}

static bool read_threshold(cursor_t *cursor, rules_count_t *read)
{
    int64_t tries = 0;
    const token_t *number = rules_peek(cursor);
    if (!rules_take_number(cursor, &tries, "how many failures lock")) return false;
    if (tries < 1 || tries > RULES_TRIES_MAX) {
        rules_error(cursor->compiler, number->at, "failures are counted from 1 to %u", RULES_TRIES_MAX);
        return false;
    }
    read->threshold = (uint32_t)tries;
    return true;
}

/* since own success, in 30 days */
static bool read_window(cursor_t *cursor, rules_count_t *read)
{
    const token_t *since = rules_peek(cursor);
    if (rules_take_this(cursor, "since")) {
        bool success = rules_take_this(cursor, "own") && rules_take_this(cursor, "success");
        if (!success) rules_expected(cursor, "'since own success'");
        if (success && read->per == RULES_PER_ADDRESS) {
            rules_error(cursor->compiler, since->at,
                        "a success belongs to an account, not to an address: write 'in' and a duration");
        }
        return success;
    }
    int64_t seconds = 0;
    if (!rules_take_this(cursor, "in")) {
        rules_expected(cursor, "'since own success', or 'in' and a duration");
        return false;
    }
    if (!rules_take_duration(cursor, &seconds)) return false;
    read->window = (uint32_t)seconds;
    return true;
}

/* 5 minutes, until counter */
static bool read_lock(cursor_t *cursor, uint32_t *lock)
{
    int64_t seconds = 0;
    *lock = RULES_LOCK_COUNTER;
    if (rules_take_this(cursor, "until")) {
        bool counter = rules_take_this(cursor, "counter");
        if (!counter) rules_expected(cursor, "'until counter'");
        return counter;
    }
    if (!rules_take_duration(cursor, &seconds)) return false;
    *lock = (uint32_t)seconds;
    return true;
}

static bool read_locks(cursor_t *cursor, rules_count_t *read)
{
    if (!rules_take_this(cursor, "lock")) {
        rules_expected(cursor, "'lock'");
        return false;
    }
    do {
        const token_t *at = rules_peek(cursor);
        uint32_t lock, before = read->lock_count ? read->locks[read->lock_count - 1] : 0;
        if (!read_lock(cursor, &lock)) return false;
        if (read->lock_count == RULES_LOCKS_MAX) {
            rules_error(cursor->compiler, at->at, "more than %u locks", RULES_LOCKS_MAX);
            return false;
        }
        if (before == RULES_LOCK_COUNTER) {
            rules_error(cursor->compiler, at->at, "nothing can follow 'until counter': the lock has no other end");
        } else if (lock < before) {
            rules_error(cursor->compiler, at->at, "this lock is shorter than the one before: locks grow");
        }
        read->locks[read->lock_count++] = lock;
    } while (rules_take_this(cursor, ","));
    return true;
}

bool rules_count_read(compiler_t *compiler, const given_t *count, rules_count_t *read)
{
    if (!count->rest) return false;
    cursor_t cursor = {compiler, count->at, (int)(count->rest - count->at->tokens)};
    *read = (rules_count_t){0};
    if (!read_per(&cursor, read) || !read_threshold(&cursor, read) || !read_window(&cursor, read) ||
        !read_locks(&cursor, read)) {
        return false;
    }
    if (!rules_peek(&cursor)) return true;
    if (rules_peek(&cursor)->kind != TOKEN_BROKEN) {
        rules_error(compiler, rules_peek(&cursor)->at, "'%s' is too much here: one fact a line",
                    rules_shown(&cursor, rules_peek(&cursor)));
    }
    return false;
}
