-- Which person (by keyed digest of the subject's serialNumber) a subject name belongs to.
CREATE TABLE subject (
    subject_index BLOB PRIMARY KEY,
    holder_digest BLOB NOT NULL,
    registrar TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- One row for each certificate; request and issue are the signed statements, each sealed.
CREATE TABLE certificate (
    serial TEXT PRIMARY KEY,
    registrar TEXT NOT NULL,
    institution TEXT NOT NULL,
    request_id TEXT NOT NULL,
    request_digest BLOB NOT NULL,
    subject_index BLOB NOT NULL REFERENCES subject (subject_index),
    key_digest BLOB NOT NULL UNIQUE,
    profile TEXT NOT NULL,
    state TEXT NOT NULL,
    reason INTEGER NOT NULL,
    request BLOB NOT NULL,
    issue BLOB NOT NULL,
    issued_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    revoked_at INTEGER NOT NULL,
    UNIQUE (registrar, request_id)
) STRICT;
CREATE INDEX certificate_by_state ON certificate (state, serial) WHERE state <> 'ACTIVE';
CREATE INDEX certificate_by_time ON certificate (issued_at, serial);
-- What happened to certificates after their issue, in order.
CREATE TABLE status_change (
    id INTEGER PRIMARY KEY,
    serial TEXT NOT NULL REFERENCES certificate (serial),
    registrar TEXT NOT NULL,
    request_id TEXT NOT NULL,
    request_digest BLOB NOT NULL,
    state TEXT NOT NULL,
    reason INTEGER NOT NULL,
    request BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    UNIQUE (registrar, request_id)
) STRICT;
CREATE INDEX status_change_by_serial ON status_change (serial, id);
-- Every revocation list that was signed; change_id is the newest status change it knows.
CREATE TABLE revocation_list (
    number INTEGER PRIMARY KEY,
    change_id INTEGER NOT NULL,
    list BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;
