-- SPDX-License-Identifier: Apache-2.0
--
-- Post codes and the addresses they stand for. docs/post-codes.md describes the tables. A statement ends with a ; at
-- the end of its line.

-- position: the line of the file, by which a code's addresses are ordered.
CREATE TABLE post_code (
    code text COLLATE "C" NOT NULL,
    prefecture text COLLATE "C" NOT NULL,
    city text COLLATE "C" NOT NULL,
    town text COLLATE "C" NOT NULL,
    position bigint NOT NULL,
    PRIMARY KEY (code, prefecture, city, town)
);

-- One row: which file they are from. Its update is the lock of whoever replaces them.
CREATE TABLE post_code_set (
    dated text NOT NULL,
    digest text NOT NULL,
    lines bigint NOT NULL,
    imported_at bigint NOT NULL
);
INSERT INTO post_code_set (dated, digest, lines, imported_at) VALUES ('', '', 0, 0);

UPDATE schema_version SET version = 5;
