-- SPDX-License-Identifier: Apache-2.0
--
-- From version 3 to 4: applications by CMP.
CREATE TABLE enrolment (
    reference TEXT PRIMARY KEY,
    registration_id TEXT NOT NULL UNIQUE,
    institution TEXT NOT NULL,
    request_id TEXT NOT NULL,
    request_digest BLOB NOT NULL,
    authorization_id TEXT NOT NULL,
    decision_id TEXT NOT NULL,
    renews TEXT NOT NULL,
    request BLOB NOT NULL,
    secret BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    message BLOB,
    used_at INTEGER
) STRICT;
CREATE INDEX enrolment_by_decision ON enrolment (decision_id);
CREATE INDEX enrolment_by_renewal ON enrolment (renews);
CREATE TABLE cmp_transaction (
    transaction_id BLOB PRIMARY KEY,
    owner TEXT NOT NULL,
    registration_id TEXT,
    server_nonce BLOB,
    created_at INTEGER NOT NULL
) STRICT;
CREATE TABLE cmp_message (
    digest BLOB PRIMARY KEY,
    transaction_id BLOB NOT NULL REFERENCES cmp_transaction (transaction_id),
    owner TEXT NOT NULL,
    sender_nonce BLOB NOT NULL,
    answer BLOB,
    created_at INTEGER NOT NULL,
    UNIQUE (owner, sender_nonce)
) STRICT;
