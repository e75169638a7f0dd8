-- Long work, under way and ended. Kept by `jobs`.
CREATE TABLE job (
    id              TEXT    NOT NULL PRIMARY KEY,
    kind            TEXT    NOT NULL,
    state           TEXT    NOT NULL,
    requested_by    TEXT    NOT NULL,
    created         INTEGER NOT NULL, -- this and the next two: nanoseconds since 1970
    started         INTEGER,
    finished        INTEGER,
    detail          TEXT,
    needs_attention INTEGER NOT NULL,
    cancelled       INTEGER NOT NULL, -- whether its end was asked for, which may be before it came
    items           TEXT    NOT NULL  -- an object in JSON
);
CREATE INDEX job_finished ON job (finished);
