-- SPDX-License-Identifier: Apache-2.0
--
-- From version 2 to 3: the whole life of a certificate. What was issued before counts as accepted: it
-- was in use.
ALTER TABLE certificate ADD COLUMN carrier TEXT NOT NULL DEFAULT '';
ALTER TABLE certificate ADD COLUMN carrier_serial TEXT NOT NULL DEFAULT '';
ALTER TABLE certificate ADD COLUMN agreement TEXT NOT NULL DEFAULT '';
ALTER TABLE certificate ADD COLUMN requirements TEXT NOT NULL DEFAULT '';
ALTER TABLE certificate ADD COLUMN delivered_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE certificate ADD COLUMN accepted_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE certificate ADD COLUMN suspended_by TEXT NOT NULL DEFAULT '';
ALTER TABLE certificate ADD COLUMN hold_until INTEGER NOT NULL DEFAULT 0;
ALTER TABLE certificate ADD COLUMN closed_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE certificate ADD COLUMN predecessor TEXT NOT NULL DEFAULT '';
ALTER TABLE certificate ADD COLUMN successor TEXT NOT NULL DEFAULT '';
ALTER TABLE certificate ADD COLUMN erased_at INTEGER NOT NULL DEFAULT 0;
UPDATE certificate SET delivered_at = issued_at, accepted_at = issued_at;
UPDATE certificate SET suspended_by = 'registrar', hold_until = revoked_at + 2592000000000
    WHERE state = 'SUSPENDED' AND revoked_at + 2592000000000 <= expires_at;
CREATE INDEX certificate_by_hold ON certificate (hold_until) WHERE hold_until > 0;
ALTER TABLE status_change ADD COLUMN requester TEXT NOT NULL DEFAULT 'registrar';
ALTER TABLE status_change ADD COLUMN decision_digest BLOB;
CREATE UNIQUE INDEX status_change_by_decision ON status_change (decision_digest)
    WHERE decision_digest IS NOT NULL;
CREATE TABLE handover (
    registrar TEXT NOT NULL,
    request_id TEXT NOT NULL,
    serial TEXT NOT NULL REFERENCES certificate (serial),
    request_digest BLOB NOT NULL,
    manner TEXT NOT NULL,
    request BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (registrar, request_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE refusal (
    id INTEGER PRIMARY KEY,
    operation TEXT NOT NULL,
    caller TEXT NOT NULL,
    serial TEXT NOT NULL,
    request_id TEXT NOT NULL,
    requester TEXT NOT NULL,
    refusal TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX refusal_by_serial ON refusal (serial, id);
