-- SPDX-License-Identifier: Apache-2.0
--
-- From version 2 to 3: what a certificate replaces, that C3 refused it, and that C3 was told of its
-- delivery and acceptance.
ALTER TABLE registration ADD COLUMN renews TEXT NOT NULL DEFAULT '';
ALTER TABLE registration ADD COLUMN refusal TEXT NOT NULL DEFAULT '';
ALTER TABLE registration ADD COLUMN delivered_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE registration ADD COLUMN accepted_at INTEGER NOT NULL DEFAULT 0;
CREATE INDEX registration_by_serial ON registration (serial);
