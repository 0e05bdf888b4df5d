-- One line per read model. Every page of events locks its line first, so all that changes a read
-- model (the live projector, retries, switches) happens one after the other.
CREATE TABLE projections (
    name             text        PRIMARY KEY,
    position         bigint      NOT NULL DEFAULT 0 CHECK (position >= 0),
    fingerprint      text        NOT NULL,
    -- resting: the live projector waits while a rebuild has the machine to itself
    state            text        NOT NULL DEFAULT 'running'
                                 CHECK (state IN ('running', 'paused', 'resting')),
    build            bigint      NOT NULL,
    previous_build   bigint,
    -- counts what changed beside the live projector: a retry, a skip, a switch
    turn             bigint      NOT NULL DEFAULT 0,
    last_occurred_at timestamptz,
    last_recorded_at timestamptz,
    updated_at       timestamptz NOT NULL DEFAULT clock_timestamp()
    -- updated with every page: free space in the page keeps that out of the index and cheap
) WITH (fillfactor = 20, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

-- The tables of a read model that were ever begun and are not yet dropped. 'building' without a
-- living builder is an orphan, which the next rebuild drops.
CREATE TABLE builds (
    id          bigint      PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    projection  text        NOT NULL,
    fingerprint text        NOT NULL,
    state       text        NOT NULL CHECK (state IN ('building', 'ready', 'kept', 'live')),
    position    bigint      NOT NULL DEFAULT 0,
    started_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    finished_at timestamptz
);

-- the builds of one read model, at each rebuild
CREATE INDEX builds_by_projection ON builds (projection, state);

-- Events that a build could not take, and the later ones that queue behind them. The reason is the
-- name of an exception's class, because its text may hold personal data. 'skipped' lines stay: a
-- rebuild leaves out what an operator decided to leave out.
CREATE TABLE dead_letters (
    projection  text        NOT NULL,
    build       bigint      NOT NULL,
    queue       text        NOT NULL COLLATE "C",
    position    bigint      NOT NULL,
    reason      text        NOT NULL,
    state       text        NOT NULL DEFAULT 'parked' CHECK (state IN ('parked', 'skipped')),
    parked_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    attempts    integer     NOT NULL DEFAULT 1,
    skipped_by  text,
    skipped_why text,
    skipped_at  timestamptz,
    PRIMARY KEY (projection, build, queue, position)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON projections, builds, dead_letters TO huimin_projector;
GRANT SELECT ON projections, builds, dead_letters TO huimin_reader, huimin_writer;

-- the projector makes, renames and drops the tables of read models, and owns nothing else
DO $$ BEGIN
    EXECUTE format('GRANT CREATE ON SCHEMA %I TO huimin_projector', current_schema());
END $$;
