-- SPDX-License-Identifier: Apache-2.0
--
-- From version 1 to 2: alarms, how long what waits has waited, and what is certified but not signed.
ALTER TABLE outbox ADD COLUMN waits_since INTEGER NOT NULL DEFAULT 0;
UPDATE outbox SET waits_since = created_at;
CREATE INDEX outbox_waiting ON outbox (waits_since);
CREATE INDEX session_unsigned ON session (updated_at) WHERE state IN ('CERTIFIED', 'PRESENTED', 'ACTIVATED');
CREATE TABLE alarm (
    id INTEGER PRIMARY KEY,
    code TEXT NOT NULL,
    subject INTEGER NOT NULL,
    authorization TEXT NOT NULL,
    detail TEXT NOT NULL,
    raised_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    occurrences INTEGER NOT NULL DEFAULT 1,
    log_index INTEGER,
    cleared_at INTEGER,
    acknowledged_at INTEGER,
    acknowledged_by TEXT,
    reason TEXT,
    is_critical INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE UNIQUE INDEX alarm_open ON alarm (code, subject, authorization) WHERE cleared_at IS NULL;
CREATE INDEX alarm_unsettled ON alarm (id) WHERE cleared_at IS NULL OR (is_critical = 1 AND acknowledged_at IS NULL);
