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
-- What was refused before anybody was believed to have sent it, counted by day: base/store/refusal_tally.h.
CREATE TABLE refusal_tally (
    day INTEGER NOT NULL,
    door TEXT NOT NULL,
    caller TEXT NOT NULL,
    refusal TEXT NOT NULL,
    count INTEGER NOT NULL,
    first_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    PRIMARY KEY (day, door, caller, refusal)
) STRICT, WITHOUT ROWID;
