-- SPDX-License-Identifier: Apache-2.0
--
-- The largest checkpoint that was cosigned of each log. is_stopped: nothing of it is cosigned any
-- more, 1 after a fork, 2 because this memory was seen to be older than a cosignature of ours.
CREATE TABLE log (
    origin TEXT PRIMARY KEY,
    size INTEGER NOT NULL,
    root BLOB NOT NULL,
    checkpoint BLOB NOT NULL,
    cosigned_at INTEGER NOT NULL,
    is_stopped INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

-- Proofs that a log showed two histories.
CREATE TABLE fork (
    digest BLOB PRIMARY KEY,
    origin TEXT NOT NULL,
    proof BLOB NOT NULL,
    found_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
