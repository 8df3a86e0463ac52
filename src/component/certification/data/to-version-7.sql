-- SPDX-License-Identifier: Apache-2.0
--
-- From version 6 to 7: pairs of certificates.
CREATE TABLE pair (
    serial TEXT PRIMARY KEY REFERENCES certificate (serial),
    encryption_serial TEXT NOT NULL UNIQUE REFERENCES certificate (serial),
    key_id TEXT NOT NULL,
    envelope BLOB NOT NULL,
    told_at INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX pair_untold ON pair (serial) WHERE told_at = 0;
-- Both stand and fall together, in one transaction, whoever changes the first.
CREATE TRIGGER pair_follows AFTER UPDATE OF state, reason, revoked_at ON certificate
WHEN EXISTS (SELECT 1 FROM pair WHERE pair.serial = NEW.serial)
BEGIN
    UPDATE certificate SET state = NEW.state, reason = NEW.reason, revoked_at = NEW.revoked_at,
        suspended_by = NEW.suspended_by, closed_at = NEW.closed_at
    WHERE serial = (SELECT encryption_serial FROM pair WHERE pair.serial = NEW.serial);
END;
