-- What a create that came with an Idempotency-Key led to. Kept by `containers`.
CREATE TABLE idempotency_key (
    caller    TEXT    NOT NULL,
    key       TEXT    NOT NULL,
    body_hash TEXT    NOT NULL,
    operation TEXT    NOT NULL, -- the label berth.op of its container
    container TEXT,             -- none until the operation has succeeded
    answer    TEXT,
    created   INTEGER NOT NULL, -- milliseconds since 1970
    PRIMARY KEY (caller, key)
);
