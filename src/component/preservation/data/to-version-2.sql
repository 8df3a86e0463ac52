-- SPDX-License-Identifier: Apache-2.0
--
-- From version 1 to 2: counting by kind, and chains that are not whole, without reading every row.
CREATE INDEX deposit_by_stage ON deposit (stage, log_index);
CREATE INDEX deposit_erased ON deposit (stage) WHERE wrapped_key IS NULL;
CREATE INDEX authorization_by_stage ON authorization (last_stage, created_at);
