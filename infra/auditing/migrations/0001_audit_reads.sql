-- Who looked at which matters, when, and how much they saw. Written before the answer is given.
CREATE TABLE audit_reads (
    id             bigint      PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    read_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor          text        NOT NULL,
    roles          text[]      NOT NULL,
    department     text,
    question       text        NOT NULL CHECK (question IN ('timeline', 'state', 'search')),
    program        text,
    stream_id      uuid,
    -- the question's own filters, never what was found
    asked          jsonb       NOT NULL,
    event_count    integer     NOT NULL,
    first_position bigint,
    last_position  bigint,
    traceparent    text
);

-- who has read this matter, and what has this reader read
CREATE INDEX audit_reads_by_stream ON audit_reads (stream_id, id);
CREATE INDEX audit_reads_by_actor ON audit_reads (actor, id);

CREATE TRIGGER audit_reads_are_for_ever
    BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_reads
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE audit_reads ENABLE ALWAYS TRIGGER audit_reads_are_for_ever;

GRANT INSERT ON audit_reads TO huimin_writer;
GRANT SELECT ON audit_reads TO huimin_reader;
