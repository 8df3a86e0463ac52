-- SPDX-License-Identifier: Apache-2.0
--
-- From version 3 to 4: retention classes, tombstones, and when the system was in operation. What
-- was erased before has its entry in the log, under an index that nobody noted: -1.
ALTER TABLE authorization ADD COLUMN retention INTEGER NOT NULL DEFAULT 0;
ALTER TABLE deposit ADD COLUMN tombstone INTEGER;
UPDATE deposit SET tombstone = -1 WHERE wrapped_key IS NULL;
ALTER TABLE environment ADD COLUMN custody INTEGER;

CREATE INDEX deposit_unburied ON deposit (id) WHERE wrapped_key IS NULL AND tombstone IS NULL;

CREATE TABLE operation (
    id INTEGER PRIMARY KEY,
    started_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    is_ended INTEGER NOT NULL DEFAULT 0
) STRICT;
