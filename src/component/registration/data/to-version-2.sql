-- SPDX-License-Identifier: Apache-2.0
--
-- From version 1 to 2: a decision may serve again when the key made under it was lost, so decision_id
-- is not unique any more. A constraint cannot be taken off a table, so both are made anew; the names
-- in the references follow the renaming.
CREATE TABLE registration_new (
    registration_id TEXT PRIMARY KEY,
    institution TEXT NOT NULL,
    request_id TEXT NOT NULL,
    request_digest BLOB NOT NULL,
    authorization_id TEXT NOT NULL,
    decision_id TEXT NOT NULL,
    key_digest BLOB NOT NULL UNIQUE,
    request BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    serial TEXT,
    issue BLOB,
    forwarded_at INTEGER,
    issued_at INTEGER,
    completion_digest BLOB,
    submission BLOB,
    receipt BLOB,
    deposited_at INTEGER
) STRICT;
INSERT INTO registration_new SELECT * FROM registration;
CREATE TABLE status_request_new (
    id TEXT PRIMARY KEY,
    registration_id TEXT NOT NULL REFERENCES registration_new (registration_id),
    request_digest BLOB NOT NULL,
    decision_id TEXT UNIQUE,
    reason INTEGER NOT NULL,
    request BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER
) STRICT;
INSERT INTO status_request_new SELECT * FROM status_request;
DROP TABLE status_request;
DROP TABLE registration;
ALTER TABLE registration_new RENAME TO registration;
ALTER TABLE status_request_new RENAME TO status_request;
CREATE INDEX registration_by_decision ON registration (decision_id);
