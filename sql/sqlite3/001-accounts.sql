-- SPDX-License-Identifier: Apache-2.0
--
-- Accounts, sessions, drafts, receipts. docs/storage.md describes the tables. A statement ends with a ; at the end of
-- its line.

CREATE TABLE schema_version (
    version INTEGER NOT NULL
);
INSERT INTO schema_version (version) VALUES (1);

-- Ids are random (63 bits), made by the program: they can't be counted through.
CREATE TABLE account (
    id INTEGER PRIMARY KEY,
    city TEXT NOT NULL,
    kind TEXT NOT NULL,
    identifier TEXT NOT NULL,
    password TEXT,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    UNIQUE (city, kind, identifier)
);

CREATE TABLE account_field (
    account INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (account, name)
) WITHOUT ROWID;

-- The counter searches by name, birth date, telephone.
CREATE INDEX account_field_value ON account_field (name, value);

-- hash: SHA-256 of the session's id, base64url. The id itself is only in the browser.
CREATE TABLE session (
    hash TEXT PRIMARY KEY NOT NULL,
    account INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    city TEXT NOT NULL,
    kind TEXT NOT NULL,
    level INTEGER NOT NULL,
    csrf TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    touched_at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE INDEX session_account ON session (account);

-- step: 0 empty, 1 as typed, 2 accepted, 3 done (account/draft.h).
CREATE TABLE draft (
    account INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    form TEXT NOT NULL,
    version INTEGER NOT NULL,
    step INTEGER NOT NULL,
    base INTEGER NOT NULL,
    fields TEXT NOT NULL,
    password TEXT NOT NULL,
    receipt TEXT NOT NULL,
    changed_at INTEGER NOT NULL,
    PRIMARY KEY (account, form)
);

CREATE TABLE receipt (
    number TEXT PRIMARY KEY NOT NULL,
    account INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    form TEXT NOT NULL,
    issued_at INTEGER NOT NULL
);

CREATE INDEX receipt_account ON receipt (account);
