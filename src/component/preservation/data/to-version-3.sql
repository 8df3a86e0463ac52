-- SPDX-License-Identifier: Apache-2.0
--
-- From version 2 to 3: the issue of certificates.
CREATE TABLE issuance (
    label BLOB PRIMARY KEY,
    digest BLOB NOT NULL,
    entry BLOB,
    size_before INTEGER NOT NULL,
    log_index INTEGER,
    received_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX issuance_pending ON issuance (label) WHERE log_index IS NULL;
