-- Which person (by keyed digest of the subject's serialNumber) a subject name belongs to; the secret
-- that the subject's labels in the evidence log follow from, sealed, and its digest; and how many issues
-- have been given a number among them. One row, so that an issue looks in one place.
-- The rows lie in the order in which they came: what is looked up at random is small.
CREATE TABLE subject (
    id INTEGER PRIMARY KEY,
    subject_index BLOB NOT NULL UNIQUE,
    holder_digest BLOB NOT NULL,
    registrar TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    secret_digest BLOB,
    secret BLOB,
    issued INTEGER NOT NULL DEFAULT 0
) STRICT;
-- One row for each certificate. state is what relying parties are told: ACTIVE, SUSPENDED or REVOKED; the
-- others follow from the times. draft_number is the number among the subject's while the issue is not
-- logged: then the certificate is in no one's hands.
CREATE TABLE certificate (
    id INTEGER PRIMARY KEY,
    serial TEXT NOT NULL UNIQUE,
    registrar TEXT NOT NULL,
    institution TEXT NOT NULL,
    request_id TEXT NOT NULL,
    request_digest BLOB NOT NULL,
    subject_index BLOB NOT NULL REFERENCES subject (subject_index),
    key_digest BLOB NOT NULL UNIQUE,
    profile TEXT NOT NULL,
    state TEXT NOT NULL,
    reason INTEGER NOT NULL,
    issued_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    revoked_at INTEGER NOT NULL,
    carrier TEXT NOT NULL DEFAULT '',
    carrier_serial TEXT NOT NULL DEFAULT '',
    agreement TEXT NOT NULL DEFAULT '',
    requirements TEXT NOT NULL DEFAULT '',
    delivered_at INTEGER NOT NULL DEFAULT 0,
    accepted_at INTEGER NOT NULL DEFAULT 0,
    suspended_by TEXT NOT NULL DEFAULT '',
    hold_until INTEGER NOT NULL DEFAULT 0,
    closed_at INTEGER NOT NULL DEFAULT 0,
    predecessor TEXT NOT NULL DEFAULT '',
    successor TEXT NOT NULL DEFAULT '',
    erased_at INTEGER NOT NULL DEFAULT 0,
    draft_number INTEGER,
    UNIQUE (registrar, request_id)
) STRICT;
-- What a certificate was issued on and with, written once, in the order of issue: the signed request, and the
-- signed record of issue; or, of one that is logged, the record's text before that, which completion (another
-- row, written when it is logged) makes the signed record. Each sealed; erased, empty.
CREATE TABLE record (
    id INTEGER PRIMARY KEY REFERENCES certificate (id),
    request BLOB NOT NULL,
    issue BLOB NOT NULL
) STRICT;
CREATE TABLE record_completion (
    id INTEGER PRIMARY KEY REFERENCES record (id),
    completion BLOB NOT NULL
) STRICT;
CREATE INDEX certificate_by_hold ON certificate (hold_until) WHERE hold_until > 0;
CREATE INDEX certificate_by_state ON certificate (state, serial) WHERE state <> 'ACTIVE';
CREATE INDEX certificate_by_time ON certificate (issued_at, serial);
-- How a certificate came to its holder: the registration authority's signed word, sealed.
CREATE TABLE handover (
    registrar TEXT NOT NULL,
    request_id TEXT NOT NULL,
    serial TEXT NOT NULL REFERENCES certificate (serial),
    request_digest BLOB NOT NULL,
    manner TEXT NOT NULL,
    request BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (registrar, request_id)
) STRICT, WITHOUT ROWID;
-- What was asked for and refused, with the code of the refusal; nothing changed.
CREATE TABLE refusal (
    id INTEGER PRIMARY KEY,
    operation TEXT NOT NULL,
    caller TEXT NOT NULL,
    serial TEXT NOT NULL,
    request_id TEXT NOT NULL,
    requester TEXT NOT NULL,
    refusal TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX refusal_by_serial ON refusal (serial, id);
-- What changed the status of certificates after their issue, in order.
CREATE TABLE status_change (
    id INTEGER PRIMARY KEY,
    serial TEXT NOT NULL REFERENCES certificate (serial),
    registrar TEXT NOT NULL,
    request_id TEXT NOT NULL,
    request_digest BLOB NOT NULL,
    state TEXT NOT NULL,
    reason INTEGER NOT NULL,
    request BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    requester TEXT NOT NULL DEFAULT 'registrar',
    decision_digest BLOB,
    UNIQUE (registrar, request_id)
) STRICT;
CREATE UNIQUE INDEX status_change_by_decision ON status_change (decision_digest)
    WHERE decision_digest IS NOT NULL;
CREATE INDEX status_change_by_serial ON status_change (serial, id);
CREATE INDEX certificate_listed ON certificate (serial, state, reason, revoked_at)
    WHERE state <> 'ACTIVE';
CREATE INDEX certificate_listed_by_time ON certificate
    (issued_at, serial, state, reason, revoked_at) WHERE state <> 'ACTIVE';
-- Certificates that were issued from one moment until before another share a list.
CREATE TABLE list_partition (
    id INTEGER PRIMARY KEY,
    begins_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL
) STRICT;
-- Revocation lists that were signed: the newest of each scope, and those before until some time after
-- their end. scope is 0 for all certificates, -1 for a delta list to the list of number base, else a
-- partition; change_id is the newest status change that it knows.
CREATE TABLE revocation_list (
    number INTEGER PRIMARY KEY,
    change_id INTEGER NOT NULL,
    list BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    scope INTEGER NOT NULL DEFAULT 0,
    base INTEGER NOT NULL DEFAULT 0,
    entries INTEGER
) STRICT;
CREATE INDEX revocation_list_by_scope ON revocation_list (scope, number);
CREATE INDEX revocation_list_by_end ON revocation_list (expires_at, scope);
-- What C3 works by: profiles, practice statements, registration authorities, issuing keys. The newest of
-- a kind and name is in force; an empty one took it out of force.
CREATE TABLE rule (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    rule BLOB NOT NULL,
    rule_digest BLOB NOT NULL,
    control_id TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX rule_by_name ON rule (kind, name, id);
-- What one officer proposed, and another confirmed or somebody refused; proposal and answer are C3's
-- signed records of it, sealed.
CREATE TABLE control (
    control_id TEXT PRIMARY KEY,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    state TEXT NOT NULL,
    proposer TEXT NOT NULL,
    request_id TEXT NOT NULL,
    proposal BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    decider TEXT NOT NULL,
    answer BLOB NOT NULL,
    decided_at INTEGER NOT NULL,
    UNIQUE (proposer, request_id)
) STRICT;
CREATE INDEX control_by_time ON control (created_at, control_id);
CREATE INDEX control_by_subject ON control (subject, created_at);
-- Signing certificates with a companion for encryption, whose key the key management made; envelope
-- is that key for the signing key, sealed. told_at: the key management knows that it was revoked.
CREATE TABLE pair (
    serial TEXT PRIMARY KEY REFERENCES certificate (serial),
    encryption_serial TEXT NOT NULL UNIQUE REFERENCES certificate (serial),
    key_id TEXT NOT NULL,
    envelope BLOB NOT NULL,
    told_at INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX pair_untold ON pair (serial) WHERE told_at = 0;
-- Both stand and fall together, in one transaction, whoever changes the first.
CREATE TRIGGER pair_follows AFTER UPDATE OF state, reason, revoked_at ON certificate
WHEN EXISTS (SELECT 1 FROM pair WHERE pair.serial = NEW.serial)
BEGIN
    UPDATE certificate SET state = NEW.state, reason = NEW.reason, revoked_at = NEW.revoked_at,
        suspended_by = NEW.suspended_by, closed_at = NEW.closed_at
    WHERE serial = (SELECT encryption_serial FROM pair WHERE pair.serial = NEW.serial);
END;
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
