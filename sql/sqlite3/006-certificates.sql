-- SPDX-License-Identifier: Apache-2.0
--
-- Accounts by certificate, evidence of what was signed, applications. docs/storage.md describes the tables, and how
-- another program writes `application`. A statement ends with a ; at the end of its line.

-- account.state from here on: 0 live, 1 frozen, 2 applicant (a registration under way).

-- identity: issuer, authority key identifier and serial; kind: of the certificate.
CREATE TABLE binding (
    city TEXT NOT NULL,
    identity TEXT NOT NULL,
    kind TEXT NOT NULL,
    account INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    fingerprint TEXT NOT NULL,
    ends_at INTEGER NOT NULL,
    bound_at INTEGER NOT NULL,
    PRIMARY KEY (city, identity)
) WITHOUT ROWID;

CREATE INDEX binding_account ON binding (account);

-- account: no foreign key, evidence outlives it. cms, certificate, issuer: DER in base64. ended_at: 0 as long as the
-- account lives.
CREATE TABLE evidence (
    id TEXT PRIMARY KEY NOT NULL,
    city TEXT NOT NULL,
    account INTEGER NOT NULL,
    account_name TEXT NOT NULL,
    flow TEXT NOT NULL,
    receipt TEXT NOT NULL UNIQUE,
    manifest TEXT NOT NULL,
    cms TEXT NOT NULL,
    certificate TEXT NOT NULL,
    issuer TEXT NOT NULL,
    checks TEXT NOT NULL,
    digests TEXT NOT NULL DEFAULT '',
    at INTEGER NOT NULL,
    ended_at INTEGER NOT NULL DEFAULT 0
);

CREATE INDEX evidence_account ON evidence (account);
CREATE INDEX evidence_account_name ON evidence (city, account_name);
CREATE INDEX evidence_ended_at ON evidence (city, ended_at);

-- Written by other programs. state: 1 received, 2 under examination, 4 examined.
CREATE TABLE application (
    city TEXT NOT NULL,
    number TEXT NOT NULL,
    account INTEGER REFERENCES account (id) ON DELETE SET NULL,
    procedure TEXT NOT NULL,
    title TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    state INTEGER NOT NULL CHECK (state IN (1, 2, 4)),
    result TEXT NOT NULL DEFAULT '',
    changed_at INTEGER NOT NULL,
    PRIMARY KEY (city, number)
) WITHOUT ROWID;

CREATE INDEX application_account ON application (account);

-- The card that a kiosk's session lives by; empty elsewhere.
ALTER TABLE session ADD COLUMN insertion TEXT NOT NULL DEFAULT '';

-- Registrations that nobody came back to are looked for by this.
CREATE INDEX account_applicant ON account (city, changed_at) WHERE state = 2;

UPDATE schema_version SET version = 6;
