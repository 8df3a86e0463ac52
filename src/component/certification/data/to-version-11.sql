-- SPDX-License-Identifier: Apache-2.0
--
-- From version 10 to 11: requests and records lie beside their certificates, in the order of issue, and
-- are written once; subjects lie in the order in which they came. References hold again at the end.
CREATE TABLE subject_11 (
    id INTEGER PRIMARY KEY,
    subject_index BLOB NOT NULL UNIQUE,
    holder_digest BLOB NOT NULL,
    registrar TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    secret_digest BLOB,
    secret BLOB,
    issued INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO subject_11 (subject_index, holder_digest, registrar, created_at, secret_digest,
    secret, issued)
SELECT subject_index, holder_digest, registrar, created_at, secret_digest, secret, issued
FROM subject ORDER BY created_at;
DROP TABLE subject;
ALTER TABLE subject_11 RENAME TO subject;
CREATE TABLE certificate_11 (
    id INTEGER PRIMARY KEY,
    serial TEXT NOT NULL UNIQUE,
    registrar TEXT NOT NULL,
    institution TEXT NOT NULL,
    request_id TEXT NOT NULL,
    request_digest BLOB NOT NULL,
    subject_index BLOB NOT NULL REFERENCES subject (subject_index),
    key_digest BLOB NOT NULL UNIQUE,
    profile TEXT NOT NULL,
    state TEXT NOT NULL,
    reason INTEGER NOT NULL,
    issued_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    revoked_at INTEGER NOT NULL,
    carrier TEXT NOT NULL DEFAULT '',
    carrier_serial TEXT NOT NULL DEFAULT '',
    agreement TEXT NOT NULL DEFAULT '',
    requirements TEXT NOT NULL DEFAULT '',
    delivered_at INTEGER NOT NULL DEFAULT 0,
    accepted_at INTEGER NOT NULL DEFAULT 0,
    suspended_by TEXT NOT NULL DEFAULT '',
    hold_until INTEGER NOT NULL DEFAULT 0,
    closed_at INTEGER NOT NULL DEFAULT 0,
    predecessor TEXT NOT NULL DEFAULT '',
    successor TEXT NOT NULL DEFAULT '',
    erased_at INTEGER NOT NULL DEFAULT 0,
    draft_number INTEGER,
    UNIQUE (registrar, request_id)
) STRICT;
INSERT INTO certificate_11 (id, serial, registrar, institution, request_id, request_digest,
    subject_index, key_digest, profile, state, reason, issued_at, expires_at, revoked_at, carrier, carrier_serial, agreement,
    requirements, delivered_at, accepted_at, suspended_by, hold_until, closed_at, predecessor,
    successor, erased_at, draft_number)
SELECT rowid, serial, registrar, institution, request_id, request_digest,
    subject_index, key_digest, profile, state, reason, issued_at, expires_at, revoked_at, carrier, carrier_serial, agreement,
    requirements, delivered_at, accepted_at, suspended_by, hold_until, closed_at, predecessor,
    successor, erased_at, draft_number
FROM certificate;
CREATE TABLE record (
    id INTEGER PRIMARY KEY REFERENCES certificate (id),
    request BLOB NOT NULL,
    issue BLOB NOT NULL
) STRICT;
CREATE TABLE record_completion (
    id INTEGER PRIMARY KEY REFERENCES record (id),
    completion BLOB NOT NULL
) STRICT;
INSERT INTO record (id, request, issue) SELECT rowid, request, issue FROM certificate;
DROP TABLE certificate;
ALTER TABLE certificate_11 RENAME TO certificate;
CREATE INDEX certificate_by_hold ON certificate (hold_until) WHERE hold_until > 0;
CREATE INDEX certificate_by_state ON certificate (state, serial) WHERE state <> 'ACTIVE';
CREATE INDEX certificate_by_time ON certificate (issued_at, serial);
CREATE INDEX certificate_listed ON certificate (serial, state, reason, revoked_at)
    WHERE state <> 'ACTIVE';
CREATE INDEX certificate_listed_by_time ON certificate
    (issued_at, serial, state, reason, revoked_at) WHERE state <> 'ACTIVE';
CREATE TRIGGER pair_follows AFTER UPDATE OF state, reason, revoked_at ON certificate
WHEN EXISTS (SELECT 1 FROM pair WHERE pair.serial = NEW.serial)
BEGIN
    UPDATE certificate SET state = NEW.state, reason = NEW.reason, revoked_at = NEW.revoked_at,
        suspended_by = NEW.suspended_by, closed_at = NEW.closed_at
    WHERE serial = (SELECT encryption_serial FROM pair WHERE pair.serial = NEW.serial);
END;
