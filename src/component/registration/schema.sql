-- One row for each application. request is C1's signed registration, issue C3's signed record,
-- submission what was sent to C5; each sealed.
CREATE TABLE registration (
    registration_id TEXT PRIMARY KEY,
    institution TEXT NOT NULL,
    request_id TEXT NOT NULL,
    request_digest BLOB NOT NULL,
    authorization_id TEXT NOT NULL,
    decision_id TEXT NOT NULL,
    key_digest BLOB NOT NULL UNIQUE,
    request BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    serial TEXT,
    issue BLOB,
    forwarded_at INTEGER,
    issued_at INTEGER,
    completion_digest BLOB,
    submission BLOB,
    receipt BLOB,
    deposited_at INTEGER,
    renews TEXT NOT NULL DEFAULT '',
    refusal TEXT NOT NULL DEFAULT '',
    delivered_at INTEGER NOT NULL DEFAULT 0,
    accepted_at INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX registration_by_serial ON registration (serial);
CREATE INDEX registration_by_decision ON registration (decision_id);
-- Attempts that were refused, with the code of the refusal.
CREATE TABLE event (
    id INTEGER PRIMARY KEY,
    institution TEXT NOT NULL,
    authorization_id TEXT NOT NULL,
    request_id TEXT NOT NULL,
    refusal TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX event_by_authorization ON event (authorization_id, id);
-- Changes of a certificate's status that were asked for; updated_at: C3 made it.
CREATE TABLE status_request (
    id TEXT PRIMARY KEY,
    registration_id TEXT NOT NULL REFERENCES registration (registration_id),
    request_digest BLOB NOT NULL,
    decision_id TEXT UNIQUE,
    reason INTEGER NOT NULL,
    request BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER
) STRICT;
