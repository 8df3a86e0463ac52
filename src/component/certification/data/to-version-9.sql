-- SPDX-License-Identifier: Apache-2.0
--
-- From version 8 to 9: superseded revocation lists are erased some time after their end.
CREATE INDEX revocation_list_by_end ON revocation_list (expires_at, scope);
