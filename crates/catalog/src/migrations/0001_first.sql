-- The first schema. One text for SQLite and PostgreSQL: TEXT, BIGINT, BOOLEAN, BYTEA and nothing else.
-- Times are microseconds since the epoch (…_us), ids are UUID texts, hashes are 32 bytes.
-- Tables of record name the last fact that touched each row (last_fact).

-- The journal ---------------------------------------------------------------------------------------------

-- One row: the last sequence, and what the library holds.
CREATE TABLE head (
    singleton BIGINT PRIMARY KEY,
    seq BIGINT NOT NULL,
    assets BIGINT NOT NULL,
    bytes BIGINT NOT NULL
);
INSERT INTO head (singleton, seq, assets, bytes) VALUES (1, 0, 0, 0);

-- The permanent part. Subjects are ids joined by a space, in the order they were stated.
CREATE TABLE fact (
    seq BIGINT PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    at_us BIGINT NOT NULL,
    actor TEXT NOT NULL,
    verb TEXT NOT NULL,
    digest BYTEA NOT NULL,
    subject_count BIGINT NOT NULL,
    subjects TEXT NOT NULL
);

-- Before and after; may be erased.
CREATE TABLE fact_payload (
    seq BIGINT PRIMARY KEY,
    salt BYTEA NOT NULL,
    payload TEXT NOT NULL
);

-- The history of one thing.
CREATE TABLE fact_item (
    subject TEXT NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (subject, seq)
) /* clustered */;

-- Records -------------------------------------------------------------------------------------------------

-- The home tree. The root has no row; its id is the empty text, so that names under it are unique too.
CREATE TABLE folder (
    id TEXT PRIMARY KEY,
    parent TEXT NOT NULL,
    name TEXT NOT NULL,
    last_fact TEXT NOT NULL,
    UNIQUE (parent, name)
);

CREATE TABLE asset (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    state TEXT NOT NULL,
    folder TEXT,
    current_version TEXT NOT NULL,
    document TEXT NOT NULL,
    created_us BIGINT NOT NULL,
    changed_us BIGINT NOT NULL,
    last_fact TEXT NOT NULL
);
CREATE INDEX asset_folder ON asset (folder, id);

CREATE TABLE version (
    id TEXT PRIMARY KEY,
    asset TEXT NOT NULL REFERENCES asset (id),
    number BIGINT NOT NULL,
    created_us BIGINT NOT NULL,
    probe TEXT NOT NULL,
    described_us BIGINT,
    previewed_us BIGINT,
    failed BOOLEAN NOT NULL,
    last_fact TEXT NOT NULL,
    UNIQUE (asset, number)
);

CREATE TABLE file (
    hash BYTEA PRIMARY KEY,
    bytes BIGINT NOT NULL,
    media_type TEXT NOT NULL,
    essence_hash BYTEA,
    created_us BIGINT NOT NULL,
    last_fact TEXT NOT NULL
) /* clustered */;

CREATE TABLE version_file (
    version TEXT NOT NULL REFERENCES version (id),
    role TEXT NOT NULL,
    file BYTEA NOT NULL REFERENCES file (hash),
    name TEXT NOT NULL,
    PRIMARY KEY (version, role, file, name)
) /* clustered */;
CREATE INDEX version_file_file ON version_file (file);

CREATE TABLE location (
    id TEXT PRIMARY KEY,
    file BYTEA NOT NULL REFERENCES file (hash),
    place TEXT NOT NULL,
    directory TEXT NOT NULL,
    name TEXT NOT NULL,
    stamp_bytes BIGINT,
    modified_ns BIGINT,
    changed_ns BIGINT,
    inode BIGINT,
    verified_us BIGINT NOT NULL,
    last_fact TEXT NOT NULL,
    UNIQUE (place, directory, name)
);
CREATE INDEX location_file ON location (file);

-- All tags embedded in a file, raw, as one JSON list.
CREATE TABLE embedded (
    file BYTEA PRIMARY KEY REFERENCES file (hash),
    reader TEXT NOT NULL,
    tags TEXT NOT NULL
) /* clustered */;

CREATE TABLE page_text (
    version TEXT NOT NULL REFERENCES version (id),
    page BIGINT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (version, page)
) /* clustered */;

CREATE TABLE finding (
    id TEXT PRIMARY KEY,
    version TEXT NOT NULL REFERENCES version (id),
    stage TEXT NOT NULL,
    code TEXT NOT NULL,
    detail TEXT NOT NULL,
    at_us BIGINT NOT NULL
);
CREATE INDEX finding_version ON finding (version, stage);

CREATE TABLE relation (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    object TEXT NOT NULL,
    selector TEXT,
    last_fact TEXT NOT NULL,
    UNIQUE (subject, kind, object, id)
);
CREATE INDEX relation_object ON relation (object, kind, subject);

CREATE TABLE quarantine (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    path TEXT NOT NULL,
    file BYTEA,
    bytes BIGINT NOT NULL,
    reason TEXT NOT NULL,
    detail TEXT NOT NULL,
    at_us BIGINT NOT NULL,
    last_fact TEXT NOT NULL
);

-- The key is a digest of every input of the rendition.
CREATE TABLE rendition (
    key TEXT PRIMARY KEY,
    version TEXT NOT NULL,
    recipe TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    width_px BIGINT,
    height_px BIGINT,
    made_us BIGINT NOT NULL,
    used_us BIGINT NOT NULL
);
CREATE INDEX rendition_version ON rendition (version, recipe);
CREATE INDEX rendition_used ON rendition (used_us, key);

-- People --------------------------------------------------------------------------------------------------

CREATE TABLE account (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    email TEXT NOT NULL UNIQUE,
    password_hash TEXT NOT NULL,
    can TEXT NOT NULL,
    created_us BIGINT NOT NULL,
    last_fact TEXT NOT NULL
);

CREATE TABLE session (
    token_hash BYTEA PRIMARY KEY,
    account TEXT NOT NULL REFERENCES account (id),
    created_us BIGINT NOT NULL,
    expires_us BIGINT NOT NULL,
    last_used_us BIGINT NOT NULL
);
CREATE INDEX session_expires ON session (expires_us);

CREATE TABLE api_key (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    secret_hash BYTEA NOT NULL UNIQUE,
    account TEXT NOT NULL REFERENCES account (id),
    scopes TEXT NOT NULL,
    created_us BIGINT NOT NULL,
    expires_us BIGINT,
    revoked_us BIGINT,
    last_used_us BIGINT,
    last_fact TEXT NOT NULL
);
CREATE INDEX api_key_account ON api_key (account, id);

CREATE TABLE setup_link (
    token_hash BYTEA PRIMARY KEY,
    created_us BIGINT NOT NULL,
    expires_us BIGINT NOT NULL,
    used_us BIGINT
);

-- Operation -----------------------------------------------------------------------------------------------

-- How far each reader of the journal has come.
CREATE TABLE reader_cursor (
    reader TEXT PRIMARY KEY,
    seq BIGINT NOT NULL,
    moved_us BIGINT NOT NULL
);

-- Dates that become facts.
CREATE TABLE due (
    id TEXT PRIMARY KEY,
    at_us BIGINT NOT NULL,
    subject TEXT NOT NULL,
    what TEXT NOT NULL,
    payload TEXT NOT NULL,
    UNIQUE (subject, what)
);
CREATE INDEX due_at ON due (at_us, id);

-- Counts an hour; expire, and are no facts.
CREATE TABLE observation (
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    hour_us BIGINT NOT NULL,
    count BIGINT NOT NULL,
    expires_us BIGINT NOT NULL,
    PRIMARY KEY (kind, subject, hour_us)
) /* clustered */;
CREATE INDEX observation_expires ON observation (expires_us);

CREATE TABLE job (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    key TEXT,
    lane BIGINT NOT NULL,
    resource TEXT NOT NULL,
    subject TEXT,
    payload TEXT NOT NULL,
    state TEXT NOT NULL,
    not_before_us BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    attempts_max BIGINT NOT NULL,
    worker TEXT,
    lease_us BIGINT,
    progress_done BIGINT,
    progress_of BIGINT,
    cancelled BOOLEAN NOT NULL,
    error TEXT,
    created_us BIGINT NOT NULL,
    started_us BIGINT,
    ended_us BIGINT
);
CREATE UNIQUE INDEX job_key ON job (key) WHERE state IN ('waiting', 'running');
CREATE INDEX job_waiting ON job (resource, lane, not_before_us, id) WHERE state = 'waiting';
CREATE INDEX job_lease ON job (lease_us) WHERE state = 'running';
CREATE INDEX job_state ON job (state, id);
CREATE INDEX job_ended ON job (ended_us) WHERE ended_us IS NOT NULL;

-- Effects outside of Damask, so that a job that runs twice acts once.
CREATE TABLE effect (
    key TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    result TEXT NOT NULL,
    started_us BIGINT NOT NULL,
    ended_us BIGINT
);

-- Answers given to requests with an Idempotency-Key.
CREATE TABLE idempotency (
    key TEXT NOT NULL,
    actor TEXT NOT NULL,
    request_digest BYTEA NOT NULL,
    status BIGINT,
    response TEXT,
    expires_us BIGINT NOT NULL,
    PRIMARY KEY (key, actor)
) /* clustered */;
CREATE INDEX idempotency_expires ON idempotency (expires_us);

CREATE TABLE upload (
    id TEXT PRIMARY KEY,
    actor TEXT NOT NULL,
    length_bytes BIGINT,
    received_bytes BIGINT NOT NULL,
    metadata TEXT NOT NULL,
    created_us BIGINT NOT NULL,
    expires_us BIGINT NOT NULL,
    state TEXT NOT NULL,
    asset TEXT,
    outcome TEXT
);
CREATE INDEX upload_expires ON upload (expires_us);
