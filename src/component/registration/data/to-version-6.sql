-- SPDX-License-Identifier: Apache-2.0
--
-- From version 5 to 6: transactions of CMP are erased when nothing of them can be repeated. Whether the
-- messages of before told their time is not known: they stay for ten years.
ALTER TABLE cmp_transaction ADD COLUMN erase_at INTEGER NOT NULL DEFAULT 0;
UPDATE cmp_transaction SET erase_at = created_at + 315619200000000;
CREATE INDEX cmp_transaction_by_erasure ON cmp_transaction (erase_at);
CREATE INDEX cmp_message_by_transaction ON cmp_message (transaction_id);
