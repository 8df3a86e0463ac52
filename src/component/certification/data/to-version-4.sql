-- SPDX-License-Identifier: Apache-2.0
--
-- From version 3 to 4: rules that are changed under dual control.
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
