-- SPDX-License-Identifier: Apache-2.0
--
-- Evidence logs in PostgreSQL. Everything of one log has its origin in the key, so that Citus can
-- keep it on one node: create_distributed_table('assent_log', 'origin'), and the others
-- with colocate_with => 'assent_log'. log_postgres.c says how these tables are used.

-- Instances of several programs may begin at once.
SELECT pg_advisory_xact_lock(7238243119);

-- Where a log is: records `begins` to `sequence` are all that was committed since the last
-- snapshot. `head` is drawn anew by every commit; whoever knows another one was overtaken.
CREATE TABLE IF NOT EXISTS assent_log (
    origin text NOT NULL PRIMARY KEY,
    begins bigint NOT NULL,
    sequence bigint NOT NULL,
    size bigint NOT NULL CHECK (size >= 0),
    head bytea NOT NULL
);

CREATE TABLE IF NOT EXISTS assent_log_record (
    origin text NOT NULL,
    sequence bigint NOT NULL,
    content bytea NOT NULL,
    PRIMARY KEY (origin, sequence)
);

-- Tiles, entry bundles and the checkpoint, by the paths of docs/evidence-log.md.
CREATE TABLE IF NOT EXISTS assent_log_file (
    origin text NOT NULL,
    path text COLLATE "C" NOT NULL,
    content bytea NOT NULL,
    PRIMARY KEY (origin, path)
);

-- Hashes and ciphertext do not get smaller.
ALTER TABLE assent_log_record ALTER COLUMN content SET STORAGE EXTERNAL;
ALTER TABLE assent_log_file ALTER COLUMN content SET STORAGE EXTERNAL;
