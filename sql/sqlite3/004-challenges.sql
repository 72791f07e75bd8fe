-- SPDX-License-Identifier: Apache-2.0
--
-- Challenges for keys of certificates. docs/storage.md describes the table. A statement ends with a ; at the end of its
-- line.

-- holder: SHA-256 of the browser's form token. content: the bytes to be signed, UTF-8; empty where there are none.
CREATE TABLE challenge (
    city TEXT NOT NULL,
    holder TEXT NOT NULL,
    purpose TEXT NOT NULL,
    nonce TEXT NOT NULL,
    content TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (city, holder, purpose)
);

CREATE INDEX challenge_created_at ON challenge (city, created_at);

UPDATE schema_version SET version = 4;
