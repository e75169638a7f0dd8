-- Updates under way, each with all that it takes to finish it or to undo it. Kept by `updates`.
CREATE TABLE update_journal (
    operation TEXT    NOT NULL PRIMARY KEY, -- the label berth.update.op of the successors
    step      TEXT    NOT NULL,
    back      INTEGER NOT NULL,
    entry     TEXT    NOT NULL              -- JSON
);

-- Images that a container was put back from: they are not tried again by themselves.
CREATE TABLE update_failure (
    container TEXT    NOT NULL,
    image     TEXT    NOT NULL, -- its id
    failed    INTEGER NOT NULL, -- milliseconds since 1970
    PRIMARY KEY (container, image)
);
