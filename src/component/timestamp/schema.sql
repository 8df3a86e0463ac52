-- One row: the first serial number that is not reserved, and the latest time at which any was.
CREATE TABLE serial_range (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    next_serial INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
