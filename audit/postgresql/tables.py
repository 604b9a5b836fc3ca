"""Tables and roles of the log in PostgreSQL: SQL that `govgraph audit roles` prints, and may run twice.

A replica may insert into `incoming` and read what was signed. The sequencer takes from `incoming` and adds
to the tree. Nobody may change a hash or a checkpoint, or remove one.
"""

from typing import Final

SCHEMA: Final = "govgraph_log"

TABLES: Final = """
CREATE SCHEMA IF NOT EXISTS govgraph_log;

CREATE TABLE IF NOT EXISTS govgraph_log.incoming (
    batch bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    receipts text[] NOT NULL, leaves bytea[] NOT NULL, sealed bytea[] NOT NULL,
    operations text[] NOT NULL, documents text[] NOT NULL
);
CREATE TABLE IF NOT EXISTS govgraph_log.leaf (
    position bigint NOT NULL, month date NOT NULL, receipt text NOT NULL, leaf bytea NOT NULL, sealed bytea,
    PRIMARY KEY (position, month)
) PARTITION BY RANGE (month);
CREATE INDEX IF NOT EXISTS leaf_receipt ON govgraph_log.leaf (receipt);
CREATE TABLE IF NOT EXISTS govgraph_log.leaf_hash (
    position bigint PRIMARY KEY, hash bytea NOT NULL
);
CREATE TABLE IF NOT EXISTS govgraph_log.node (
    level int NOT NULL, number bigint NOT NULL, hash bytea NOT NULL, PRIMARY KEY (level, number)
);
CREATE TABLE IF NOT EXISTS govgraph_log.operation (
    hash text PRIMARY KEY, document text NOT NULL
);
CREATE TABLE IF NOT EXISTS govgraph_log.checkpoint (
    size bigint PRIMARY KEY, note text NOT NULL, peaks bytea NOT NULL,
    batches bigint[] NOT NULL, firsts bigint[] NOT NULL
);

CREATE OR REPLACE FUNCTION govgraph_log.make_months() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    begins date;
    partition text;
BEGIN
    FOR ahead IN 0..1 LOOP
        begins := (date_trunc('month', now() AT TIME ZONE 'UTC') + make_interval(months => ahead))::date;
        partition := 'leaf_' || to_char(begins, 'YYYY_MM');
        IF to_regclass('govgraph_log.' || partition) IS NULL THEN
            EXECUTE format(
                'CREATE TABLE govgraph_log.%I PARTITION OF govgraph_log.leaf FOR VALUES FROM (%L) TO (%L)',
                partition, begins, (begins + interval '1 month')::date
            );
        END IF;
    END LOOP;
END
$$;
REVOKE ALL ON SCHEMA govgraph_log FROM PUBLIC;
REVOKE ALL ON FUNCTION govgraph_log.make_months() FROM PUBLIC;
"""

ROLES: Final = """
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'govgraph_log_writer') THEN
        CREATE ROLE govgraph_log_writer NOLOGIN;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'govgraph_log_sequencer') THEN
        CREATE ROLE govgraph_log_sequencer NOLOGIN;
    END IF;
END
$$;
GRANT USAGE ON SCHEMA govgraph_log TO govgraph_log_writer, govgraph_log_sequencer;
GRANT SELECT ON govgraph_log.leaf, govgraph_log.leaf_hash, govgraph_log.node, govgraph_log.operation,
    govgraph_log.checkpoint TO govgraph_log_writer, govgraph_log_sequencer;
GRANT INSERT, SELECT (batch) ON govgraph_log.incoming TO govgraph_log_writer;
GRANT SELECT, DELETE ON govgraph_log.incoming TO govgraph_log_sequencer;
GRANT INSERT ON govgraph_log.leaf, govgraph_log.leaf_hash, govgraph_log.node, govgraph_log.operation,
    govgraph_log.checkpoint TO govgraph_log_sequencer;
GRANT UPDATE (receipt, leaf, sealed) ON govgraph_log.leaf TO govgraph_log_sequencer;
GRANT EXECUTE ON FUNCTION govgraph_log.make_months() TO govgraph_log_sequencer;
"""

LOGINS: Final = """
-- One login for inserting, one for the replicas that may be elected to put in order and sign:
--   CREATE ROLE govgraph_replica LOGIN PASSWORD '…' IN ROLE govgraph_log_writer;
--   CREATE ROLE govgraph_signer LOGIN PASSWORD '…' IN ROLE govgraph_log_sequencer;
-- GOVGRAPH_LOG_URL names the first, GOVGRAPH_LOG_SEQUENCER_URL the second.
"""


def roles_text() -> str:
    """Return everything a database's owner runs once, before the first replica starts."""
    return f"{TABLES.strip()}\n\n{ROLES.strip()}\n\n{LOGINS.strip()}\n"
