-- What the library's recorders keep beside the log: snapshots of its own kind, and how far each
-- projection has come. Huimin's own processes do without both.

CREATE TABLE library_snapshots (
    originator_id      uuid   NOT NULL,
    originator_version bigint NOT NULL,
    topic              text   NOT NULL,
    state              bytea  NOT NULL,
    PRIMARY KEY (originator_id, originator_version)
);

CREATE TABLE library_tracking (
    application_name text   PRIMARY KEY,
    notification_id  bigint NOT NULL
);

GRANT SELECT ON library_snapshots, library_tracking TO huimin_reader;
GRANT SELECT, INSERT ON library_snapshots TO huimin_writer;
GRANT SELECT, INSERT, UPDATE ON library_tracking TO huimin_writer;
