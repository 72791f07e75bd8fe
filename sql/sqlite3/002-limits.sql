-- SPDX-License-Identifier: Apache-2.0
--
-- Limits, events, the clock's mark. docs/limits.md describes the tables. Keys, subjects and sources are keyed hashes:
-- no name, number or address stands here.

-- What one line of a limit counts for one account or address; or a lockout, which counts nothing. Its row is taken
-- first by whoever changes it or its tries, so that they take turns.
CREATE TABLE limit_count (
    key TEXT PRIMARY KEY NOT NULL,
    city TEXT NOT NULL,
    subject TEXT NOT NULL,
    name TEXT NOT NULL,
    rule TEXT NOT NULL,
    level INTEGER NOT NULL,
    since_at INTEGER NOT NULL,
    until_at INTEGER NOT NULL,
    mark INTEGER NOT NULL,
    success_at INTEGER NOT NULL,
    touched_at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE INDEX limit_count_subject ON limit_count (subject);
CREATE INDEX limit_count_until ON limit_count (until_at);
CREATE INDEX limit_count_mark ON limit_count (mark);
CREATE INDEX limit_count_rule ON limit_count (city, rule);

-- state: 0 in flight, 1 failed, 2 failed and used up by a lock. One id for all counts of a reservation.
CREATE TABLE limit_try (
    id INTEGER NOT NULL,
    key TEXT NOT NULL REFERENCES limit_count (key) ON DELETE CASCADE,
    source TEXT NOT NULL,
    at INTEGER NOT NULL,
    state INTEGER NOT NULL,
    mark INTEGER NOT NULL,
    PRIMARY KEY (id, key)
) WITHOUT ROWID;

CREATE INDEX limit_try_key ON limit_try (key, at);
CREATE INDEX limit_try_mark ON limit_try (mark);

-- kind: 0 account, 1 lock (store/event.h).
CREATE TABLE event (
    number INTEGER PRIMARY KEY NOT NULL,
    kind INTEGER NOT NULL,
    subject TEXT NOT NULL,
    at INTEGER NOT NULL
);

-- The last number given: whoever writes an event holds this row until the commit, so that numbers appear in their order.
CREATE TABLE event_number (
    number INTEGER NOT NULL
);
INSERT INTO event_number (number) VALUES (0);

CREATE TABLE clock_mark (
    at INTEGER NOT NULL
);
INSERT INTO clock_mark (at) VALUES (0);

UPDATE schema_version SET version = 2;
