-- SPDX-License-Identifier: Apache-2.0
--
-- From version 6 to 7: receipts follow from index and checkpoint. Those that were kept stay.
ALTER TABLE deposit ADD COLUMN checkpoint INTEGER;

CREATE TABLE checkpoint (
    size INTEGER PRIMARY KEY,
    note BLOB NOT NULL
) STRICT;
