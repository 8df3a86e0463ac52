-- SPDX-License-Identifier: Apache-2.0
--
-- From version 1 to 2: persons' keys are kept too.
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
