-- SPDX-License-Identifier: Apache-2.0
--
-- The audit log, and what a clerk can do to an account. docs/audit.md and docs/storage.md describe them. A statement
-- ends with a ; at the end of its line.

-- Searched by ranges of bytes.
ALTER TABLE account_field ALTER COLUMN value TYPE text COLLATE "C";
ALTER TABLE account ALTER COLUMN identifier TYPE text COLLATE "C";

-- state: 0 live, 1 frozen. must_change: the password was given by a clerk; worthless from password_expires_at on.
ALTER TABLE account ADD COLUMN state bigint NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN must_change bigint NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN password_expires_at bigint NOT NULL DEFAULT 0;

-- The counter looks a number up without knowing the kind of account.
CREATE INDEX account_identifier ON account (city, identifier);

-- account: no foreign key, entries outlive it. number and hash: NULL until the entry is sealed into the chain.
CREATE TABLE audit (
    id text COLLATE "C" PRIMARY KEY NOT NULL,
    at bigint NOT NULL,
    city text NOT NULL,
    by_whom text NOT NULL,
    actor text NOT NULL,
    account bigint NOT NULL,
    act text NOT NULL,
    rule text NOT NULL,
    note text NOT NULL,
    number bigint UNIQUE,
    hash text
);

CREATE INDEX audit_account ON audit (account, at);

-- One row: the last sealed entry.
CREATE TABLE audit_head (
    number bigint NOT NULL,
    hash text NOT NULL
);
INSERT INTO audit_head (number, hash) VALUES (0, '');

UPDATE schema_version SET version = 3;
