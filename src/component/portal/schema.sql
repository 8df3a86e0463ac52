-- SPDX-License-Identifier: Apache-2.0
--
-- Which device opened which person's link. The token itself is sealed with the field key; the
-- cookie is kept as a digest only, so that this file opens nobody's session.
CREATE TABLE door (
    token_digest BLOB PRIMARY KEY CHECK (length(token_digest) = 32),
    device_digest BLOB NOT NULL CHECK (length(device_digest) = 32),
    reference TEXT NOT NULL UNIQUE,
    sealed_token BLOB NOT NULL,
    opened_at INTEGER NOT NULL
) STRICT;
CREATE INDEX door_device ON door (device_digest, opened_at);
