-- SPDX-License-Identifier: Apache-2.0
--
-- From version 4 to 5: issues in the evidence log. Certificates of before are not in it.
-- How each issue stands in the evidence log: draft is the record as long as the certificate is not
-- logged, and then it is in no one's hands; number counts the certificates of a subject.
CREATE TABLE issuance (
    serial TEXT PRIMARY KEY REFERENCES certificate (serial),
    subject_index BLOB NOT NULL,
    number INTEGER NOT NULL,
    draft BLOB,
    UNIQUE (subject_index, number)
) STRICT, WITHOUT ROWID;
-- The secret that a subject's labels in the log follow from, sealed, and its digest.
CREATE TABLE holder_secret (
    subject_index BLOB PRIMARY KEY REFERENCES subject (subject_index),
    digest BLOB NOT NULL,
    secret BLOB NOT NULL
) STRICT, WITHOUT ROWID;
