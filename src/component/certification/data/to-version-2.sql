-- SPDX-License-Identifier: Apache-2.0
--
-- From version 1 to 2: what staff look for by time, and the history of one certificate.
CREATE INDEX certificate_by_time ON certificate (issued_at, serial);
CREATE INDEX status_change_by_serial ON status_change (serial, id);
