-- SPDX-License-Identifier: Apache-2.0
--
-- Accounts, sessions, drafts, receipts. docs/storage.md describes the tables. A statement ends with a ; at the end of
-- its line.

CREATE TABLE schema_version (
    version bigint NOT NULL
);
INSERT INTO schema_version (version) VALUES (1);

-- Ids are random (63 bits), made by the program: they can't be counted through.
CREATE TABLE account (
    id bigint PRIMARY KEY,
    city text NOT NULL,
    kind text NOT NULL,
    identifier text NOT NULL,
    password text,
    version bigint NOT NULL,
    created_at bigint NOT NULL,
    changed_at bigint NOT NULL,
    UNIQUE (city, kind, identifier)
);

CREATE TABLE account_field (
    account bigint NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    name text COLLATE "C" NOT NULL,
    value text NOT NULL,
    PRIMARY KEY (account, name)
);

-- Names are sorted by bytes everywhere, hence the "C".
-- The counter searches by name, birth date, telephone.
CREATE INDEX account_field_value ON account_field (name, value);

-- hash: SHA-256 of the session's id, base64url. The id itself is only in the browser.
CREATE TABLE session (
    hash text PRIMARY KEY NOT NULL,
    account bigint NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    city text NOT NULL,
    kind text NOT NULL,
    level bigint NOT NULL,
    csrf text NOT NULL,
    created_at bigint NOT NULL,
    touched_at bigint NOT NULL
);

CREATE INDEX session_account ON session (account);

-- step: 0 empty, 1 as typed, 2 accepted, 3 done (account/draft.h).
CREATE TABLE draft (
    account bigint NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    form text NOT NULL,
    version bigint NOT NULL,
    step bigint NOT NULL,
    base bigint NOT NULL,
    fields text NOT NULL,
    password text NOT NULL,
    receipt text NOT NULL,
    changed_at bigint NOT NULL,
    PRIMARY KEY (account, form)
);

CREATE TABLE receipt (
    number text PRIMARY KEY NOT NULL,
    account bigint NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    form text NOT NULL,
    issued_at bigint NOT NULL
);

CREATE INDEX receipt_account ON receipt (account);
