-- The places in which originals are kept: how far each was gone through in the pass that goes on, and what the last
-- pass saw. A place is filled once everything that was there before it is kept in it.
CREATE TABLE place (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    filled_us BIGINT,
    began_us BIGINT,
    after_hash BYTEA,
    files BIGINT NOT NULL,
    bytes BIGINT NOT NULL,
    ended_us BIGINT,
    ended_files BIGINT,
    ended_bytes BIGINT,
    keeper TEXT,
    kept_until_us BIGINT
);
-- What was last seen of a file in a place.
CREATE TABLE fixity (
    file BYTEA NOT NULL,
    place BIGINT NOT NULL,
    outcome TEXT NOT NULL,
    detail TEXT,
    fault BOOLEAN NOT NULL,
    checked_us BIGINT NOT NULL,
    PRIMARY KEY (file, place)
);
CREATE INDEX fixity_fault ON fixity (place, file) WHERE fault;
