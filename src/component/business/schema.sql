-- One row for each authorization, from the first click to its end.
CREATE TABLE session (
    authorization_id TEXT PRIMARY KEY,
    token_digest BLOB NOT NULL UNIQUE,
    state TEXT NOT NULL,
    revision INTEGER NOT NULL,
    person_index BLOB,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX session_by_person ON session (person_index, state);
CREATE INDEX session_unfinished ON session (updated_at) WHERE state IN ('SIGNED', 'DEPOSITED');
CREATE INDEX session_unsigned ON session (updated_at) WHERE state IN ('CERTIFIED', 'PRESENTED', 'ACTIVATED');
CREATE INDEX session_by_time ON session (created_at);
-- What was said, shown, answered, signed and received, each sealed under the system's field key.
-- One authorization's rows lie together and are read together. A content that would not fit
-- there lies apart: every look-up that passes by a row reads the whole of it.
CREATE TABLE artifact (
    authorization_id TEXT NOT NULL REFERENCES session (authorization_id),
    name TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    content BLOB,
    large_id INTEGER,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (authorization_id, name, sequence),
    CHECK ((content IS NULL) <> (large_id IS NULL))
) STRICT, WITHOUT ROWID;
CREATE TABLE large_content (
    id INTEGER PRIMARY KEY,
    content BLOB NOT NULL
) STRICT;
CREATE TRIGGER artifact_deleted AFTER DELETE ON artifact WHEN old.large_id IS NOT NULL BEGIN
    DELETE FROM large_content WHERE id = old.large_id;
END;
-- Tries that are limited: by device, card or person, each only as keyed digest.
CREATE TABLE attempt (
    kind TEXT NOT NULL,
    subject_index BLOB NOT NULL,
    attempted_at INTEGER NOT NULL
) STRICT;
CREATE INDEX attempt_by_subject ON attempt (kind, subject_index, attempted_at);
-- Each query that went through the gate.
CREATE TABLE use_record (
    authorization_id TEXT NOT NULL REFERENCES session (authorization_id),
    query_id TEXT NOT NULL,
    purpose TEXT NOT NULL,
    operator_name TEXT NOT NULL,
    outcome TEXT NOT NULL,
    used_at INTEGER NOT NULL,
    PRIMARY KEY (authorization_id, query_id)
) STRICT, WITHOUT ROWID;
-- What is still to be preserved with C5: uses and withdrawals. A row is gone once there is a receipt.
CREATE TABLE outbox (
    authorization_id TEXT NOT NULL REFERENCES session (authorization_id),
    subject TEXT NOT NULL,
    version INTEGER NOT NULL,
    sequence INTEGER,
    created_at INTEGER NOT NULL,
    waits_since INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (authorization_id, subject)
) STRICT, WITHOUT ROWID;
CREATE INDEX outbox_by_time ON outbox (created_at);
CREATE INDEX outbox_waiting ON outbox (waits_since);
-- Alarms, see component/alarm; log_index is that of the deposit which tells of a freezing.
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
