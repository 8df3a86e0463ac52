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
-- One row for each person's key that is or was kept here. The private key is in an envelope for the
-- storage key, which lies in a device, and that under the field key; it is gone once `state` is
-- "used" or "destroyed". Request, certificate and answer lie under the field key.
CREATE TABLE kept_key (
    key_id TEXT PRIMARY KEY,
    institution TEXT NOT NULL,
    request_id TEXT NOT NULL,
    order_digest BLOB NOT NULL,
    grant_key BLOB NOT NULL,
    key BLOB,
    csr BLOB NOT NULL,
    certificate BLOB,
    state TEXT NOT NULL CHECK (state IN ('new', 'certified', 'used', 'destroyed')),
    signed_digest BLOB,
    answer BLOB,
    created_at INTEGER NOT NULL,
    ended_at INTEGER,
    UNIQUE (institution, request_id),
    CHECK ((key IS NULL) = (state IN ('used', 'destroyed')))
) STRICT;
CREATE INDEX kept_key_alive ON kept_key (created_at) WHERE key IS NOT NULL;
