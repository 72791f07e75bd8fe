-- SPDX-License-Identifier: Apache-2.0
--
-- Every query, by the name that mod_kawasaki/store/query.h knows it by. One SQL for sqlite3 and PostgreSQL; parameters
-- as apr_dbd writes them (%s text, %lld integer). A statement ends with a ; at the end of its line. Times are
-- microseconds since 1970 UTC. A query that must see several rows as of one moment is one statement.

-- name: schema-version
-- What the database is at.
SELECT version FROM schema_version;

-- name: account-find
-- An account with its fields, by what its holder types.
SELECT a.id, a.city, a.kind, a.identifier, a.version, a.changed_at, a.password, f.name, f.value
  FROM account a LEFT JOIN account_field f ON f.account = a.id
 WHERE a.city = %s AND a.kind = %s AND a.identifier = %s
 ORDER BY f.name;

-- name: account-read
-- The same, by row.
SELECT a.id, a.city, a.kind, a.identifier, a.version, a.changed_at, a.password, f.name, f.value
  FROM account a LEFT JOIN account_field f ON f.account = a.id
 WHERE a.id = %lld
 ORDER BY f.name;

-- name: account-insert
-- No row when the identifier is taken.
INSERT INTO account (id, city, kind, identifier, password, version, created_at, changed_at)
VALUES (%lld, %s, %s, %s, %s, 1, %lld, %lld)
ON CONFLICT (city, kind, identifier) DO NOTHING;

-- name: account-update
-- Raises the version if it is still the one that was read; a NULL password stays as it is.
UPDATE account SET version = version + 1, password = COALESCE(%s, password), changed_at = %lld
 WHERE id = %lld AND version = %lld;

-- name: account-password
SELECT password FROM account WHERE id = %lld;

-- name: field-put
INSERT INTO account_field (account, name, value) VALUES (%lld, %s, %s)
ON CONFLICT (account, name) DO UPDATE SET value = excluded.value;

-- name: field-remove
DELETE FROM account_field WHERE account = %lld AND name = %s;

-- name: session-insert
INSERT INTO session (hash, account, city, kind, level, csrf, created_at, touched_at)
VALUES (%s, %lld, %s, %s, %lld, %s, %lld, %lld);

-- name: session-read
SELECT account, city, kind, level, csrf, created_at, touched_at FROM session WHERE hash = %s AND city = %s;

-- name: session-touch
UPDATE session SET touched_at = %lld WHERE hash = %s;

-- name: session-end
DELETE FROM session WHERE hash = %s;

-- name: session-end-account
DELETE FROM session WHERE account = %lld;

-- name: session-purge
-- What was last touched, or begun, too long ago.
DELETE FROM session WHERE city = %s AND (touched_at <= %lld OR created_at <= %lld);

-- name: draft-read
SELECT version, step, base, fields, password, receipt, changed_at FROM draft WHERE account = %lld AND form = %s;

-- name: draft-insert
-- No row when another request was first.
INSERT INTO draft (account, form, version, step, base, fields, password, receipt, changed_at)
VALUES (%lld, %s, 1, %lld, %lld, %s, %s, %s, %lld)
ON CONFLICT (account, form) DO NOTHING;

-- name: draft-update
UPDATE draft SET version = version + 1, step = %lld, base = %lld, fields = %s, password = %s, receipt = %s,
       changed_at = %lld
 WHERE account = %lld AND form = %s AND version = %lld;

-- name: draft-purge
-- Empties what nobody came back to in this city. The row and its version stay, so that a page from before is recognised.
UPDATE draft SET version = version + 1, step = 0, base = 0, fields = '', password = '', receipt = ''
 WHERE changed_at < %lld AND step <> 0 AND account IN (SELECT id FROM account WHERE city = %s);

-- name: receipt-insert
-- No row when the number is taken.
INSERT INTO receipt (number, account, form, issued_at) VALUES (%s, %lld, %s, %lld)
ON CONFLICT (number) DO NOTHING;

-- name: receipt-read
SELECT issued_at FROM receipt WHERE number = %s AND account = %lld AND form = %s;
