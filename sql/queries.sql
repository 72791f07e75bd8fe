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
SELECT a.id, a.city, a.kind, a.identifier, a.version, a.changed_at, a.password, a.state, a.must_change,
       a.password_expires_at, f.name, f.value
  FROM account a LEFT JOIN account_field f ON f.account = a.id
 WHERE a.city = %s AND a.kind = %s AND a.identifier = %s
 ORDER BY f.name;

-- name: account-read
-- The same, by row.
SELECT a.id, a.city, a.kind, a.identifier, a.version, a.changed_at, a.password, a.state, a.must_change,
       a.password_expires_at, f.name, f.value
  FROM account a LEFT JOIN account_field f ON f.account = a.id
 WHERE a.id = %lld
 ORDER BY f.name;

-- name: account-insert
-- No row when the identifier is taken.
INSERT INTO account (id, city, kind, identifier, password, must_change, password_expires_at, version, created_at,
                     changed_at)
VALUES (%lld, %s, %s, %s, %s, %lld, %lld, 1, %lld, %lld)
ON CONFLICT (city, kind, identifier) DO NOTHING;

-- name: account-update
-- Raises the version if it is still the one that was read.
UPDATE account SET version = version + 1, changed_at = %lld WHERE id = %lld AND version = %lld;

-- name: account-set-password
UPDATE account SET password = %s, must_change = %lld, password_expires_at = %lld WHERE id = %lld;

-- name: account-set-state
-- Live or frozen. An applicant's account is neither: only account-register makes it a live one.
UPDATE account SET state = %lld WHERE id = %lld AND state <> 2;

-- name: account-apply
-- A new account as an applicant's.
UPDATE account SET state = 2 WHERE id = %lld AND version = 1;

-- name: account-register
UPDATE account SET state = 0 WHERE id = %lld AND state = 2;

-- name: account-seize
-- Of one that is to be removed in the same unit. Its name is a key, and while a key changes PostgreSQL lets nobody refer
-- to the row (a new application), as it would while other columns do.
UPDATE account SET identifier = '- ' || identifier WHERE id = %lld AND version = %lld;

-- name: account-remove
DELETE FROM account WHERE id = %lld AND version = %lld;

-- name: account-purge-applicants
-- Applicants whose account, drafts and sessions nobody has touched since a moment.
DELETE FROM account
 WHERE city = %s AND state = 2 AND changed_at < %lld
   AND NOT EXISTS (SELECT 1 FROM draft d WHERE d.account = account.id AND d.changed_at >= %lld)
   AND NOT EXISTS (SELECT 1 FROM session s WHERE s.account = account.id AND s.touched_at >= %lld);

-- name: account-by-identifier
-- Not of applicants, as the next two.
SELECT id FROM account WHERE city = %s AND identifier = %s AND state <> 2 LIMIT %lld;

-- name: account-by-field
-- The field's value from the first to the second text.
SELECT a.id FROM account_field f JOIN account a ON a.id = f.account
 WHERE f.name = %s AND f.value >= %s AND f.value <= %s AND a.city = %s AND a.state <> 2
 ORDER BY f.value, a.identifier LIMIT %lld;

-- name: account-list
SELECT id FROM account
 WHERE city = %s AND kind = %s AND identifier > %s AND state <> 2
 ORDER BY identifier LIMIT %lld;

-- name: field-put
INSERT INTO account_field (account, name, value) VALUES (%lld, %s, %s)
ON CONFLICT (account, name) DO UPDATE SET value = excluded.value;

-- name: field-remove
DELETE FROM account_field WHERE account = %lld AND name = %s;

-- name: session-insert
INSERT INTO session (hash, account, city, kind, level, csrf, insertion, created_at, touched_at)
VALUES (%s, %lld, %s, %s, %lld, %s, %s, %lld, %lld);

-- name: session-read
SELECT account, city, kind, level, csrf, insertion, created_at, touched_at FROM session WHERE hash = %s AND city = %s;

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

-- name: audit-insert
INSERT INTO audit (id, at, city, by_whom, actor, account, act, rule, note)
VALUES (%s, %lld, %s, %s, %s, %lld, %s, %s, %s);

-- name: audit-of-account
SELECT number, id, at, city, by_whom, actor, account, act, rule, note, hash FROM audit
 WHERE account = %lld ORDER BY at DESC, id DESC LIMIT %lld;

-- name: audit-vouches
-- Entries of signed forms with this receipt, and how many of them say this note at this time. Clerks write notes, too,
-- but not of these acts.
SELECT COUNT(*), COUNT(CASE WHEN note = %s AND at = %lld THEN 1 END) FROM audit
 WHERE account = %lld AND city = %s AND note LIKE %s AND act IN ('register', 'change', 'delete');

-- name: audit-refusals
-- Wrong tries at an account between the log-in before a moment and that moment.
SELECT COUNT(*), MAX(at) FROM audit
 WHERE account = %lld AND act IN ('login-refused', 'password-refused', 'lock') AND at < %lld
   AND at > COALESCE((SELECT MAX(at) FROM audit WHERE account = %lld AND act = 'login' AND at < %lld), 0);

-- name: audit-unsealed
SELECT number, id, at, city, by_whom, actor, account, act, rule, note, hash FROM audit
 WHERE number IS NULL ORDER BY at, id LIMIT %lld;

-- name: audit-unsealed-count
SELECT COUNT(*) FROM audit WHERE number IS NULL;

-- name: audit-list
-- The chain, from behind this number.
SELECT number, id, at, city, by_whom, actor, account, act, rule, note, hash FROM audit
 WHERE number > %lld ORDER BY number LIMIT %lld;

-- name: audit-seal
UPDATE audit SET number = %lld, hash = %s WHERE id = %s AND number IS NULL;

-- name: audit-head-lock
-- Changes nothing, but lets only one unit seal at a time on PostgreSQL.
UPDATE audit_head SET number = number;

-- name: audit-head
SELECT number, hash FROM audit_head;

-- name: audit-head-set
UPDATE audit_head SET number = %lld, hash = %s;

-- name: event-number
-- The next event's number. The row is held until the commit: numbers appear in their order.
UPDATE event_number SET number = number + 1 RETURNING number;

-- name: event-insert
INSERT INTO event (number, kind, subject, at) VALUES (%lld, %lld, %s, %lld);

-- name: event-follow
-- The events after a number, beside the last number there is; one row without an event when there are none.
SELECT n.number, e.number, e.kind, e.subject
  FROM event_number n LEFT JOIN event e ON e.number > %lld
 ORDER BY e.number LIMIT 1000;

-- name: event-purge
DELETE FROM event WHERE at < %lld;

-- name: limit-take
-- The counter's row, made if need be, and held until the commit: nobody else counts meanwhile.
INSERT INTO limit_count (key, city, subject, name, rule, level, since_at, until_at, mark, success_at, touched_at)
VALUES (%s, %s, %s, %s, %s, 0, 0, 0, 0, 0, %lld)
ON CONFLICT (key) DO UPDATE SET touched_at = excluded.touched_at
RETURNING level, since_at, until_at, mark, success_at;

-- name: limit-tally
-- Failures (those in flight for too long are), and all that count, in flight too.
SELECT COUNT(CASE WHEN state = 1 OR at < %lld THEN 1 END), COUNT(*)
  FROM limit_try
 WHERE key = %s AND at > %lld AND state <> 2;

-- name: limit-lock
UPDATE limit_count SET level = %lld, since_at = %lld, until_at = %lld, mark = %lld WHERE key = %s;

-- name: limit-use-up
-- The failures that made a lock don't make another.
UPDATE limit_try SET state = 2 WHERE key = %s AND (state = 1 OR at < %lld);

-- name: limit-success
UPDATE limit_count SET level = %lld, success_at = %lld WHERE key = %s;

-- name: limit-others
-- Failures from elsewhere since a moment.
SELECT COUNT(*), MAX(at)
  FROM limit_try
 WHERE key = %s AND source <> %s AND at > %lld AND (state <> 0 OR at < %lld);

-- name: limit-read
SELECT until_at, mark FROM limit_count WHERE key = %s;

-- name: limit-list
-- Locks of two subjects: an account's, and that of the identifier in lockouts.
SELECT key, city, name, rule, mark, since_at, until_at
  FROM limit_count
 WHERE (subject = %s OR subject = %s) AND until_at > 0
 ORDER BY since_at DESC, rule;

-- name: limit-by-receipt
SELECT key, city, name, rule, mark, since_at, until_at
  FROM limit_count
 WHERE mark = %lld AND since_at > 0
 ORDER BY since_at DESC LIMIT 1;

-- name: limit-clear
UPDATE limit_count SET level = 0, until_at = 0 WHERE key = %s;

-- name: limit-live
-- Locks to be kept in memory, those that last longest first.
SELECT key, until_at, mark FROM limit_count WHERE until_at > %lld ORDER BY until_at DESC LIMIT 100000;

-- name: limit-purge
-- Counters of one rule that say nothing any more: no lock, no growth to remember (or only one that is over), no tries.
DELETE FROM limit_count
 WHERE city = %s AND rule = %s AND until_at <= %lld AND (level = 0 OR until_at <= %lld) AND touched_at <= %lld
   AND NOT EXISTS (SELECT 1 FROM limit_try t WHERE t.key = limit_count.key);

-- name: try-insert
INSERT INTO limit_try (id, key, source, at, state, mark) VALUES (%lld, %s, %s, %lld, 0, %lld);

-- name: try-fail
UPDATE limit_try SET state = 1 WHERE id = %lld AND key = %s AND state = 0;

-- name: try-remove
DELETE FROM limit_try WHERE id = %lld;

-- name: try-forgive
-- After a success: failures from the same source, and those that a lock has used up.
DELETE FROM limit_try WHERE key = %s AND (state = 2 OR (source = %s AND (state = 1 OR at < %lld)));

-- name: try-by-receipt
SELECT t.key, c.city, c.name, c.rule, t.mark, t.at, 0
  FROM limit_try t JOIN limit_count c ON c.key = t.key
 WHERE t.mark = %lld
 ORDER BY t.at DESC, c.rule LIMIT 1;

-- name: try-clear
DELETE FROM limit_try WHERE key = %s AND (state <> 0 OR at < %lld);

-- name: try-purge
-- Tries of one rule that are older than its window.
DELETE FROM limit_try WHERE at <= %lld AND key IN (SELECT key FROM limit_count WHERE city = %s AND rule = %s);

-- name: clock-raise
-- Once a minute is enough.
UPDATE clock_mark SET at = %lld WHERE at <= %lld;

-- name: clock-read
SELECT at FROM clock_mark;

-- name: challenge-begin
-- In place of the former one.
INSERT INTO challenge (city, holder, purpose, nonce, content, created_at) VALUES (%s, %s, %s, %s, '', %lld)
ON CONFLICT (city, holder, purpose)
DO UPDATE SET nonce = excluded.nonce, content = excluded.content, created_at = excluded.created_at;

-- name: challenge-put
UPDATE challenge SET content = %s WHERE city = %s AND holder = %s AND purpose = %s AND nonce = %s;

-- name: challenge-take
-- One statement, so that of two that come at once only one gets it.
DELETE FROM challenge WHERE city = %s AND holder = %s AND purpose = %s AND created_at > %lld
RETURNING nonce, content, created_at;

-- name: challenge-purge
DELETE FROM challenge WHERE city = %s AND created_at <= %lld;

-- name: post-code-find
-- The addresses of a code, in the order of the file.
SELECT prefecture, city, town FROM post_code WHERE code = %s ORDER BY position;

-- name: post-code-clear
DELETE FROM post_code;

-- name: post-code-insert
-- No row when a line before said the same: lines that differ in remarks only are one address.
INSERT INTO post_code (code, prefecture, city, town, position) VALUES (%s, %s, %s, %s, %lld)
ON CONFLICT (code, prefecture, city, town) DO NOTHING;

-- name: post-code-set
SELECT dated, digest, lines, imported_at FROM post_code_set;

-- name: post-code-set-change
-- Comes first, so that only one unit replaces the codes at a time on PostgreSQL.
UPDATE post_code_set SET dated = %s, digest = %s, lines = %lld, imported_at = %lld;

-- name: binding-find
SELECT account, city, kind, identity, fingerprint, ends_at FROM binding WHERE city = %s AND identity = %s;

-- name: binding-put
-- No row when it is another account's.
INSERT INTO binding (city, identity, kind, account, fingerprint, ends_at, bound_at)
VALUES (%s, %s, %s, %lld, %s, %lld, %lld)
ON CONFLICT (city, identity)
DO UPDATE SET kind = excluded.kind, fingerprint = excluded.fingerprint, ends_at = excluded.ends_at,
              bound_at = excluded.bound_at
        WHERE binding.account = excluded.account;

-- name: binding-clear
-- The account's others of this kind.
DELETE FROM binding WHERE account = %lld AND kind = %s AND identity <> %s;

-- name: binding-list
SELECT account, city, kind, identity, fingerprint, ends_at FROM binding WHERE account = %lld ORDER BY kind;

-- name: evidence-insert
INSERT INTO evidence (id, city, account, account_name, flow, receipt, manifest, cms, certificate, issuer, checks, at)
VALUES (%s, %s, %lld, %s, %s, %s, %s, %s, %s, %s, %s, %lld);

-- name: evidence-digest
UPDATE evidence SET digests = %s WHERE id = %s;

-- name: evidence-read
-- By id or receipt number.
SELECT id, city, account, account_name, flow, receipt, at, ended_at, digests, manifest, cms, certificate, issuer, checks
  FROM evidence WHERE id = %s OR receipt = %s;

-- name: evidence-newest
SELECT id, city, account, account_name, flow, receipt, at, ended_at FROM evidence
 WHERE city = %s ORDER BY at DESC, id LIMIT %lld;

-- name: evidence-of-account
-- By what the account was called; the newest first.
SELECT id, city, account, account_name, flow, receipt, at, ended_at FROM evidence
 WHERE city = %s AND account_name = %s ORDER BY at DESC, id LIMIT %lld;

-- name: evidence-certificates
-- Those that an account's forms were signed with.
SELECT DISTINCT certificate FROM evidence WHERE account = %lld;

-- name: evidence-walk
-- All of a city's, from behind this id.
SELECT id, city, account, account_name, flow, receipt, at, ended_at FROM evidence
 WHERE city = %s AND id > %s ORDER BY id LIMIT %lld;

-- name: evidence-end
UPDATE evidence SET ended_at = %lld WHERE account = %lld AND ended_at = 0;

-- name: evidence-purge
DELETE FROM evidence WHERE city = %s AND ended_at > 0 AND ended_at < %lld;

-- name: evidence-receipt
SELECT at FROM evidence WHERE city = %s AND flow = %s AND receipt = %s;

-- name: application-list
-- The account's, in one of these states (bits).
SELECT number, procedure, title, state, received_at FROM application
 WHERE account = %lld AND (state & %lld) <> 0
 ORDER BY received_at, number LIMIT %lld;
