-- SPDX-License-Identifier: Apache-2.0
--
-- From version 7 to 8: what the logging of issues needs lies with subject and certificate. Of
-- certificates that are logged no number has to be kept.
ALTER TABLE subject ADD COLUMN secret_digest BLOB;
ALTER TABLE subject ADD COLUMN secret BLOB;
ALTER TABLE subject ADD COLUMN issued INTEGER NOT NULL DEFAULT 0;
UPDATE subject SET secret_digest = held.digest, secret = held.secret,
    issued = (SELECT coalesce(max(number) + 1, 0) FROM issuance
              WHERE issuance.subject_index = held.subject_index)
FROM holder_secret AS held WHERE held.subject_index = subject.subject_index;
ALTER TABLE certificate ADD COLUMN draft_number INTEGER;
UPDATE certificate SET issue = issuance.draft, draft_number = issuance.number FROM issuance
WHERE issuance.serial = certificate.serial AND issuance.draft IS NOT NULL
    AND certificate.issue = x'' AND certificate.erased_at = 0;
DROP TABLE issuance;
DROP TABLE holder_secret;
