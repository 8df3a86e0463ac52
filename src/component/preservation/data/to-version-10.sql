-- SPDX-License-Identifier: Apache-2.0
--
-- From version 9 to 10: time stamps are renewed. Which authority each depends on is found out by
-- whoever renews them.
ALTER TABLE stamp ADD COLUMN authority INTEGER;
CREATE INDEX stamp_by_authority ON stamp (authority, size);

CREATE TABLE stamp_authority (
    id INTEGER PRIMARY KEY,
    kind BLOB NOT NULL UNIQUE,
    token BLOB NOT NULL
) STRICT;

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

CREATE TABLE renewed (
    size INTEGER NOT NULL REFERENCES stamp(size),
    renewal INTEGER NOT NULL REFERENCES renewal(id),
    position INTEGER NOT NULL,
    PRIMARY KEY (size, renewal)
) STRICT, WITHOUT ROWID;
