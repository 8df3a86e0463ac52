-- One row for each application. request is C1's signed registration, issue C3's signed record,
-- submission what was sent to C5; each sealed.
CREATE TABLE registration (
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
    deposited_at INTEGER,
    renews TEXT NOT NULL DEFAULT '',
    refusal TEXT NOT NULL DEFAULT '',
    delivered_at INTEGER NOT NULL DEFAULT 0,
    accepted_at INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX registration_by_serial ON registration (serial);
CREATE INDEX registration_by_decision ON registration (decision_id);
-- Attempts that were refused, with the code of the refusal.
CREATE TABLE event (
    id INTEGER PRIMARY KEY,
    institution TEXT NOT NULL,
    authorization_id TEXT NOT NULL,
    request_id TEXT NOT NULL,
    refusal TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX event_by_authorization ON event (authorization_id, id);
-- Changes of a certificate's status that were asked for; updated_at: C3 made it.
CREATE TABLE status_request (
    id TEXT PRIMARY KEY,
    registration_id TEXT NOT NULL REFERENCES registration (registration_id),
    request_digest BLOB NOT NULL,
    decision_id TEXT UNIQUE,
    reason INTEGER NOT NULL,
    request BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER
) STRICT;
-- One row for each secret under which a person may apply by CMP. request is C1's signed enrolment,
-- message the PKIMessage that became the application; both and the secret are sealed.
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
-- Transactions of CMP, by the number that the client gave them. server_nonce is the nonce of the
-- answer that waits for a confirmation.
CREATE TABLE cmp_transaction (
    transaction_id BLOB PRIMARY KEY,
    owner TEXT NOT NULL,
    registration_id TEXT,
    server_nonce BLOB,
    created_at INTEGER NOT NULL,
    erase_at INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX cmp_transaction_by_erasure ON cmp_transaction (erase_at);
-- Messages of CMP whose protection held, so that a repetition gets the answer (sealed) again.
CREATE TABLE cmp_message (
    digest BLOB PRIMARY KEY,
    transaction_id BLOB NOT NULL REFERENCES cmp_transaction (transaction_id),
    owner TEXT NOT NULL,
    sender_nonce BLOB NOT NULL,
    answer BLOB,
    created_at INTEGER NOT NULL,
    UNIQUE (owner, sender_nonce)
) STRICT;
CREATE INDEX cmp_message_by_transaction ON cmp_message (transaction_id);
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
