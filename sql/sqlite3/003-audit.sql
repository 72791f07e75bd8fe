-- SPDX-License-Identifier: Apache-2.0
--
-- The audit log, and what a clerk can do to an account. docs/audit.md and docs/storage.md describe them. A statement
-- ends with a ; at the end of its line.

-- state: 0 live, 1 frozen. must_change: the password was given by a clerk; worthless from password_expires_at on.
ALTER TABLE account ADD COLUMN state INTEGER NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN must_change INTEGER NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN password_expires_at INTEGER NOT NULL DEFAULT 0;

-- The counter looks a number up without knowing the kind of account.
CREATE INDEX account_identifier ON account (city, identifier);

-- account: no foreign key, entries outlive it. number and hash: NULL until the entry is sealed into the chain.
CREATE TABLE audit (
    id TEXT PRIMARY KEY NOT NULL,
    at INTEGER NOT NULL,
    city TEXT NOT NULL,
    by_whom TEXT NOT NULL,
    actor TEXT NOT NULL,
    account INTEGER NOT NULL,
    act TEXT NOT NULL,
    rule TEXT NOT NULL,
    note TEXT NOT NULL,
    number INTEGER UNIQUE,
    hash TEXT
);

CREATE INDEX audit_account ON audit (account, at);

-- One row: the last sealed entry.
CREATE TABLE audit_head (
    number INTEGER NOT NULL,
    hash TEXT NOT NULL
);
INSERT INTO audit_head (number, hash) VALUES (0, '');

UPDATE schema_version SET version = 3;
