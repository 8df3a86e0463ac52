-- One row for each seal that was made. The seal lies encrypted under the system's field key.
CREATE TABLE issued_seal (
    id TEXT PRIMARY KEY,
    institution TEXT NOT NULL,
    request_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    digest BLOB NOT NULL,
    seal BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    UNIQUE (institution, request_id)
) STRICT;
