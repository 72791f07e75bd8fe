-- SPDX-License-Identifier: Apache-2.0
--
-- Accounts by certificate, evidence of what was signed, applications. docs/storage.md describes the tables, and how
-- another program writes `application`. A statement ends with a ; at the end of its line.

-- account.state from here on: 0 live, 1 frozen, 2 applicant (a registration under way).

-- identity: issuer, authority key identifier and serial; kind: of the certificate.
CREATE TABLE binding (
    city text NOT NULL,
    identity text NOT NULL,
    kind text COLLATE "C" NOT NULL,
    account bigint NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    fingerprint text NOT NULL,
    ends_at bigint NOT NULL,
    bound_at bigint NOT NULL,
    PRIMARY KEY (city, identity)
);

CREATE INDEX binding_account ON binding (account);

-- account: no foreign key, evidence outlives it. cms, certificate, issuer: DER in base64. ended_at: 0 as long as the
-- account lives.
CREATE TABLE evidence (
    id text COLLATE "C" PRIMARY KEY NOT NULL,
    city text NOT NULL,
    account bigint NOT NULL,
    account_name text NOT NULL,
    flow text NOT NULL,
    receipt text NOT NULL UNIQUE,
    manifest text NOT NULL,
    cms text NOT NULL,
    certificate text NOT NULL,
    issuer text NOT NULL,
    checks text NOT NULL,
    digests text NOT NULL DEFAULT '',
    at bigint NOT NULL,
    ended_at bigint NOT NULL DEFAULT 0
);

CREATE INDEX evidence_account ON evidence (account);
CREATE INDEX evidence_account_name ON evidence (city, account_name);
CREATE INDEX evidence_ended_at ON evidence (city, ended_at);

-- Written by other programs. state: 1 received, 2 under examination, 4 examined.
CREATE TABLE application (
    city text NOT NULL,
    number text COLLATE "C" NOT NULL,
    account bigint REFERENCES account (id) ON DELETE SET NULL,
    procedure text NOT NULL,
    title text NOT NULL,
    received_at bigint NOT NULL,
    state bigint NOT NULL CHECK (state IN (1, 2, 4)),
    result text NOT NULL DEFAULT '',
    changed_at bigint NOT NULL,
    PRIMARY KEY (city, number)
);

CREATE INDEX application_account ON application (account);

-- The card that a kiosk's session lives by; empty elsewhere.
ALTER TABLE session ADD COLUMN insertion text NOT NULL DEFAULT '';

-- Registrations that nobody came back to are looked for by this.
CREATE INDEX account_applicant ON account (city, changed_at) WHERE state = 2;

UPDATE schema_version SET version = 6;
