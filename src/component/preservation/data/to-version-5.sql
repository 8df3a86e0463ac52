-- SPDX-License-Identifier: Apache-2.0
--
-- From version 4 to 5: what witnesses cosigned.
CREATE TABLE cosigned (
    size INTEGER PRIMARY KEY,
    checkpoint BLOB NOT NULL,
    is_agreed INTEGER NOT NULL,
    at INTEGER NOT NULL
) STRICT;

CREATE INDEX cosigned_agreed ON cosigned (size) WHERE is_agreed = 1;
