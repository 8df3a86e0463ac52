-- One row for each key pair. The private key is in an envelope for the storage key, which lies in a
-- device, and that under the field key; it is gone once `state` is "destroyed". Certificate and
-- answer lie under the field key.
CREATE TABLE key_pair (
    key_id TEXT PRIMARY KEY,
    state TEXT NOT NULL CHECK (state IN ('pool', 'issued', 'archived', 'destroyed')),
    public_key BLOB NOT NULL,
    key BLOB,
    institution TEXT,
    request_id TEXT,
    request_digest BLOB,
    certificate BLOB,
    answer BLOB,
    created_at INTEGER NOT NULL,
    issued_at INTEGER,
    archived_at INTEGER,
    UNIQUE (institution, request_id),
    CHECK ((key IS NULL) = (state = 'destroyed'))
) STRICT;
CREATE INDEX key_pair_by_state ON key_pair (state, archived_at);
-- What an officer asked for, and what became of it. Statements and answer lie under the field key.
CREATE TABLE recovery (
    request_id TEXT PRIMARY KEY,
    key_id TEXT NOT NULL REFERENCES key_pair (key_id),
    state TEXT NOT NULL CHECK (state IN ('pending', 'delivered', 'refused')),
    request_digest BLOB NOT NULL,
    requested_by TEXT NOT NULL,
    answered_by TEXT,
    request BLOB NOT NULL,
    statement BLOB,
    answer BLOB,
    created_at INTEGER NOT NULL,
    ended_at INTEGER
) STRICT;
-- What was done, one after the other: each statement is signed by the key management and names the
-- digest of the one before.
CREATE TABLE key_event (
    id INTEGER PRIMARY KEY,
    key_id TEXT NOT NULL,
    statement BLOB NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
