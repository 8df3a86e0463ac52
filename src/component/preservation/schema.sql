-- One row for each authorization that has deposits: where its chain M6, M7, M8 stands, and its
-- retention class (domain/evidence/retention.h).
CREATE TABLE authorization (
    id TEXT PRIMARY KEY,
    salt BLOB NOT NULL,
    last_stage INTEGER,
    last_sequence INTEGER,
    last_submission BLOB,
    is_held INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    retention INTEGER NOT NULL DEFAULT 0
) STRICT;

-- One row for each accepted deposit. log_index and checkpoint are NULL from acceptance until the
-- entry is in the log; size_before is the size of the log at acceptance, so that after a crash
-- the entry is looked for from there on. wrapped_key is NULL once the payload is erased; tombstone is
-- then the log's index of the entry that says so, -1 when that is unknown. The receipt follows from
-- entry, log_index and the checkpoint of that size; deposits of before have it as it was. custody is
-- the row that tells of it, which has no place in the index of the others: one page less to write.
CREATE TABLE deposit (
    id INTEGER PRIMARY KEY,
    authorization TEXT NOT NULL REFERENCES authorization(id),
    stage INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    depositor TEXT NOT NULL,
    submission BLOB NOT NULL,
    entry BLOB NOT NULL,
    size_before INTEGER NOT NULL,
    log_index INTEGER UNIQUE,
    receipt BLOB,
    record_name BLOB NOT NULL,
    wrapped_key BLOB,
    received_at INTEGER NOT NULL,
    tombstone INTEGER,
    checkpoint INTEGER,
    custody INTEGER,
    UNIQUE (authorization, stage, sequence)
) STRICT;

CREATE INDEX deposit_pending ON deposit (size_before) WHERE log_index IS NULL;
CREATE INDEX deposit_by_stage ON deposit (stage, log_index) WHERE log_index IS NOT NULL;
CREATE INDEX deposit_erased ON deposit (stage) WHERE wrapped_key IS NULL;
CREATE INDEX deposit_unburied ON deposit (id) WHERE wrapped_key IS NULL AND tombstone IS NULL;
CREATE INDEX authorization_by_stage ON authorization (last_stage, created_at);

-- The checkpoints that receipts are against.
CREATE TABLE checkpoint (
    size INTEGER PRIMARY KEY,
    note BLOB NOT NULL
) STRICT;

-- Statement and salt of a deposit, sealed under its own data key.
CREATE TABLE payload (
    deposit INTEGER PRIMARY KEY REFERENCES deposit(id),
    sealed BLOB NOT NULL
) STRICT;

-- Who did what with the evidence and why. digest chains each row to the one before.
CREATE TABLE custody (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    caller TEXT NOT NULL,
    action TEXT NOT NULL,
    purpose TEXT NOT NULL,
    authorization TEXT NOT NULL,
    subject INTEGER,
    digest BLOB NOT NULL
) STRICT;

CREATE INDEX custody_authorization ON custody (authorization, id) WHERE action <> 'deposit';

-- Self-checks of the environment; the log has a commitment to each, and each names the digest of
-- the custody row that was the latest.
CREATE TABLE environment (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    record BLOB NOT NULL,
    salt BLOB NOT NULL,
    log_index INTEGER NOT NULL,
    custody INTEGER
) STRICT;

-- One row for each time that the system ran without a break: when it began, when it was last seen
-- running, and whether it ended in order.
CREATE TABLE operation (
    id INTEGER PRIMARY KEY,
    started_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    is_ended INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Time stamps on checkpoints. authority is that of the newest renewal, of the stamp itself when there
-- is none, NULL until that was looked at, and 0 when the stamp and its renewals do not fit together.
CREATE TABLE stamp (
    size INTEGER PRIMARY KEY,
    checkpoint BLOB NOT NULL,
    token BLOB NOT NULL,
    at INTEGER NOT NULL,
    authority INTEGER
) STRICT;

CREATE INDEX stamp_by_authority ON stamp (authority, size);

-- What stamps depend on: a certificate, a way of signing and a digest, together as a digest in kind;
-- and one token that does.
CREATE TABLE stamp_authority (
    id INTEGER PRIMARY KEY,
    kind BLOB NOT NULL UNIQUE,
    token BLOB NOT NULL
) STRICT;

-- Time stamps that renew others: each is over the root of a hash tree (RFC 4998) with these leaves in
-- the digest that the number of ImprintAlgorithm names. log_index is NULL until the log has it;
-- size_before is the size of the log before.
CREATE TABLE renewal (
    id INTEGER PRIMARY KEY,
    algorithm INTEGER NOT NULL,
    leaves BLOB NOT NULL,
    token BLOB NOT NULL,
    at INTEGER NOT NULL,
    size_before INTEGER NOT NULL,
    log_index INTEGER
) STRICT;

CREATE INDEX renewal_unlogged ON renewal (id) WHERE log_index IS NULL;

-- Which leaf of a renewal is about the stamp on the checkpoint of this size.
CREATE TABLE renewed (
    size INTEGER NOT NULL REFERENCES stamp(size),
    renewal INTEGER NOT NULL REFERENCES renewal(id),
    position INTEGER NOT NULL,
    PRIMARY KEY (size, renewal)
) STRICT, WITHOUT ROWID;

-- One row for each certificate that a certification system issued, made of the log: first it is there,
-- then here. digest is over commitment and sealed record, to tell a repetition from something else.
-- Only programs before version 6 left rows with an entry and no log_index.
CREATE TABLE issuance (
    label BLOB PRIMARY KEY,
    digest BLOB NOT NULL,
    entry BLOB,
    size_before INTEGER NOT NULL,
    log_index INTEGER,
    received_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX issuance_pending ON issuance (label) WHERE log_index IS NULL;

-- Up to which size of the log its issuances are known to be above; one row.
CREATE TABLE issuance_scan (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    log_size INTEGER NOT NULL
) STRICT;

-- Checkpoints with the cosignatures that witnesses gave. is_agreed: enough of them did.
CREATE TABLE cosigned (
    size INTEGER PRIMARY KEY,
    checkpoint BLOB NOT NULL,
    is_agreed INTEGER NOT NULL,
    at INTEGER NOT NULL
) STRICT;

CREATE INDEX cosigned_agreed ON cosigned (size) WHERE is_agreed = 1;

-- Alarms. At most one is open for each case; a case that comes again after it was cleared is a new
-- row, and none is ever removed. subject is an index of the log or the id of a row; found is the
-- payload as it lay there when it was found damaged; log_index is that of the self-check that names
-- the alarm. Cleared: what was wrong was found right again. Acknowledged: by whom, and why.
CREATE TABLE alarm (
    id INTEGER PRIMARY KEY,
    code TEXT NOT NULL,
    subject INTEGER NOT NULL,
    authorization TEXT NOT NULL,
    detail TEXT NOT NULL,
    raised_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    occurrences INTEGER NOT NULL DEFAULT 1,
    found BLOB,
    log_index INTEGER,
    cleared_at INTEGER,
    acknowledged_at INTEGER,
    acknowledged_by TEXT,
    reason TEXT,
    is_critical INTEGER NOT NULL DEFAULT 1
) STRICT;

CREATE UNIQUE INDEX alarm_open ON alarm (code, subject, authorization) WHERE cleared_at IS NULL;
CREATE INDEX alarm_unsettled ON alarm (id) WHERE cleared_at IS NULL OR (is_critical = 1 AND acknowledged_at IS NULL);
CREATE INDEX alarm_unlogged ON alarm (id) WHERE log_index IS NULL;

-- Where the watch is in its pass over the log, and how many it has finished; one row.
CREATE TABLE watch (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    next INTEGER NOT NULL,
    until INTEGER NOT NULL,
    began_at INTEGER NOT NULL,
    passes INTEGER NOT NULL
) STRICT;
