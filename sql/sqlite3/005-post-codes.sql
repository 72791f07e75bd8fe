-- SPDX-License-Identifier: Apache-2.0
--
-- Post codes and the addresses they stand for. docs/post-codes.md describes the tables. A statement ends with a ; at
-- the end of its line.

-- position: the line of the file, by which a code's addresses are ordered.
CREATE TABLE post_code (
    code TEXT NOT NULL,
    prefecture TEXT NOT NULL,
    city TEXT NOT NULL,
    town TEXT NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (code, prefecture, city, town)
) WITHOUT ROWID;

-- One row: which file they are from. Its update is the lock of whoever replaces them.
CREATE TABLE post_code_set (
    dated TEXT NOT NULL,
    digest TEXT NOT NULL,
    lines INTEGER NOT NULL,
    imported_at INTEGER NOT NULL
);
INSERT INTO post_code_set (dated, digest, lines, imported_at) VALUES ('', '', 0, 0);

UPDATE schema_version SET version = 5;
