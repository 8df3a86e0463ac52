-- SPDX-License-Identifier: Apache-2.0
--
-- From version 9 to 10: refusals of strangers are counted.
-- What was refused before anybody was believed to have sent it, counted by day: base/store/refusal_tally.h.
CREATE TABLE refusal_tally (
    day INTEGER NOT NULL,
    door TEXT NOT NULL,
    caller TEXT NOT NULL,
    refusal TEXT NOT NULL,
    count INTEGER NOT NULL,
    first_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    PRIMARY KEY (day, door, caller, refusal)
) STRICT, WITHOUT ROWID;
