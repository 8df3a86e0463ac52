-- SPDX-License-Identifier: Apache-2.0
--
-- From version 4 to 5: certificates in the evidence log.
-- Persons, by the digest of their pseudonym: the secret by which what was issued in their names stands
-- in the evidence log (sealed), the number of each certificate, and which they object to.
CREATE TABLE holder (
    holder_digest BLOB PRIMARY KEY,
    institution TEXT NOT NULL,
    secret BLOB NOT NULL,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE holder_issuance (
    holder_digest BLOB NOT NULL REFERENCES holder (holder_digest),
    number INTEGER NOT NULL,
    registration_id TEXT NOT NULL UNIQUE REFERENCES registration (registration_id),
    PRIMARY KEY (holder_digest, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE holder_objection (
    id TEXT PRIMARY KEY,
    holder_digest BLOB NOT NULL REFERENCES holder (holder_digest),
    serial TEXT NOT NULL,
    receipt_digest BLOB NOT NULL,
    request BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    suspended_at INTEGER
) STRICT;
