-- SPDX-License-Identifier: Apache-2.0
--
-- From version 5 to 6: revocation lists of parts of the certificates, and delta lists.
ALTER TABLE revocation_list ADD COLUMN scope INTEGER NOT NULL DEFAULT 0;
ALTER TABLE revocation_list ADD COLUMN base INTEGER NOT NULL DEFAULT 0;
ALTER TABLE revocation_list ADD COLUMN entries INTEGER;
CREATE INDEX revocation_list_by_scope ON revocation_list (scope, number);
CREATE TABLE list_partition (
    id INTEGER PRIMARY KEY,
    begins_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL
) STRICT;
CREATE INDEX certificate_listed ON certificate (serial, state, reason, revoked_at)
    WHERE state <> 'ACTIVE';
CREATE INDEX certificate_listed_by_time ON certificate
    (issued_at, serial, state, reason, revoked_at) WHERE state <> 'ACTIVE';
