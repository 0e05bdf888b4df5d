-- What the drift audit found since the last switch, so that every process can tell it.
ALTER TABLE projections
    ADD COLUMN drifting   integer     NOT NULL DEFAULT 0,
    ADD COLUMN audited_at timestamptz;
