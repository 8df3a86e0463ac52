-- SPDX-License-Identifier: Apache-2.0
--
-- From version 8 to 9: a warning is settled when it is over, a critical alarm when somebody knows.
ALTER TABLE alarm ADD COLUMN is_critical INTEGER NOT NULL DEFAULT 1;
UPDATE alarm SET is_critical = 0 WHERE code IN ('evidence.missing_certificate', 'evidence.missing_signing');
DROP INDEX alarm_unsettled;
CREATE INDEX alarm_unsettled ON alarm (id) WHERE cleared_at IS NULL OR (is_critical = 1 AND acknowledged_at IS NULL);
