-- SPDX-License-Identifier: Apache-2.0
--
-- From version 5 to 6: how far the log was looked through for issuances.
CREATE TABLE issuance_scan (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    log_size INTEGER NOT NULL
) STRICT;
