-- SPDX-License-Identifier: Apache-2.0
--
-- From version 1 to 2: the archive of what was stamped.
CREATE TABLE stamp (
    id INTEGER PRIMARY KEY,
    serial BLOB NOT NULL UNIQUE,
    received_at INTEGER NOT NULL,
    stored_at INTEGER NOT NULL,
    token BLOB NOT NULL
) STRICT;
CREATE INDEX stamp_by_time ON stamp (stored_at);
