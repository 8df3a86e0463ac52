-- One row: the first serial number that is not reserved, and the latest time at which any was.
CREATE TABLE serial_range (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    next_serial INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

-- The archive, if one is kept: each token with when its request came and when it was stored.
CREATE TABLE stamp (
    id INTEGER PRIMARY KEY,
    serial BLOB NOT NULL UNIQUE,
    received_at INTEGER NOT NULL,
    stored_at INTEGER NOT NULL,
    token BLOB NOT NULL
) STRICT;
CREATE INDEX stamp_by_time ON stamp (stored_at);
