-- SPDX-License-Identifier: Apache-2.0
--
-- From version 6 to 7: receipts follow from index and checkpoint, those that were kept stay; and
-- fewer pages are written for a deposit.
CREATE TABLE checkpoint (
    size INTEGER PRIMARY KEY,
    note BLOB NOT NULL
) STRICT;

ALTER TABLE deposit ADD COLUMN checkpoint INTEGER;
ALTER TABLE deposit ADD COLUMN custody INTEGER;
UPDATE deposit SET custody = (SELECT id FROM custody c WHERE c.authorization = deposit.authorization
    AND c.action = 'deposit' AND c.at = deposit.received_at ORDER BY id LIMIT 1);

DROP INDEX custody_authorization;
CREATE INDEX custody_authorization ON custody (authorization, id) WHERE action <> 'deposit';
DROP INDEX deposit_by_stage;
CREATE INDEX deposit_by_stage ON deposit (stage, log_index) WHERE log_index IS NOT NULL;
