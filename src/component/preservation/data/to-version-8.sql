-- SPDX-License-Identifier: Apache-2.0
--
-- From version 7 to 8: alarms that stay, and where the watch is.
CREATE TABLE alarm (
    id INTEGER PRIMARY KEY,
    code TEXT NOT NULL,
    subject INTEGER NOT NULL,
    authorization TEXT NOT NULL,
    detail TEXT NOT NULL,
    raised_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    occurrences INTEGER NOT NULL DEFAULT 1,
    found BLOB,
    log_index INTEGER,
    cleared_at INTEGER,
    acknowledged_at INTEGER,
    acknowledged_by TEXT,
    reason TEXT
) STRICT;

CREATE UNIQUE INDEX alarm_open ON alarm (code, subject, authorization) WHERE cleared_at IS NULL;
CREATE INDEX alarm_unsettled ON alarm (code, raised_at) WHERE cleared_at IS NULL OR acknowledged_at IS NULL;
CREATE INDEX alarm_unlogged ON alarm (id) WHERE log_index IS NULL;

CREATE TABLE watch (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    next INTEGER NOT NULL,
    until INTEGER NOT NULL,
    began_at INTEGER NOT NULL,
    passes INTEGER NOT NULL
) STRICT;
