-- One line per policy: how far it has answered the log. 'parked' waits for an operator at
-- parked_at, which is the position after the last one answered for good or later.
CREATE TABLE policy_checkpoints (
    policy     text        PRIMARY KEY,
    position   bigint      NOT NULL CHECK (position >= 0),
    state      text        NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'parked')),
    parked_at  bigint,
    -- a code of ours or the name of an exception's class, because its text may hold personal data
    reason     text,
    changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CHECK ((state = 'parked') = (parked_at IS NOT NULL))
    -- updated with every page: free space in the page keeps that out of the index and cheap
) WITH (fillfactor = 20, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

-- Commands that were refused and will be tried again. 'command' and 'aggregate' are for people, and
-- for the note when the policy is gone meanwhile.
CREATE TABLE policy_retries (
    policy    text        NOT NULL,
    position  bigint      NOT NULL,
    ordinal   integer     NOT NULL,
    command   text        NOT NULL,
    aggregate uuid,
    due_at    timestamptz NOT NULL,
    attempts  integer     NOT NULL DEFAULT 1,
    last_code text        NOT NULL,
    PRIMARY KEY (policy, position, ordinal)
);

-- what is due now, and when the next falls due
CREATE INDEX policy_retries_due ON policy_retries (due_at);

GRANT SELECT, INSERT, UPDATE, DELETE ON policy_checkpoints, policy_retries TO huimin_writer;
GRANT SELECT ON policy_checkpoints, policy_retries TO huimin_reader, huimin_projector;
