-- intake - the door: who may speak, what was said, what is said back
--
-- Applied with search_path = intake, after the mailbox file.

CREATE SEQUENCE case_no AS bigint;               -- gaps are allowed: a refused or repeated submission leaves one

-- An outside system. Its identity is its key; everything else here is permission.
CREATE TABLE source (
    source      text COLLATE "C" PRIMARY KEY CHECK (source ~ '^[a-z0-9][a-z0-9-]{0,39}$'),
    name        text NOT NULL,
    procedures  text[] NOT NULL DEFAULT '{}',     -- what it may submit
    commands    text[] NOT NULL DEFAULT '{}',     -- what it may order; '*' = whatever the person's roles allow
    rate        int NOT NULL DEFAULT 50 CHECK (rate > 0),      -- messages per second, sustained
    burst       int NOT NULL DEFAULT 500 CHECK (burst > 0),    -- messages at once
    active      boolean NOT NULL DEFAULT true
);

-- Two keys may be valid at once, so that a key can be changed without a gap
CREATE TABLE key (
    public_key  text COLLATE "C" PRIMARY KEY CHECK (length (public_key) = 40),   -- Z85
    source      text COLLATE "C" NOT NULL REFERENCES source,
    person      text COLLATE "C",                 -- the person this key is, if it is one's own
    speaks_for  text[] NOT NULL DEFAULT '{}',     -- persons it may name in authid; '*' = any of the directory
    active      boolean NOT NULL DEFAULT true,
    granted_at  timestamptz NOT NULL DEFAULT clock_timestamp (),
    revoked_at  timestamptz
);

-- Who somebody is at the door: roles and unit, no contact data (notify has those)
CREATE TABLE person (
    person      text COLLATE "C" PRIMARY KEY CHECK (person ~ '^[a-z0-9][a-z0-9.-]{0,39}$'),
    roles       text[] NOT NULL DEFAULT '{}',
    unit        text COLLATE "C",
    active      boolean NOT NULL DEFAULT true
);

-- Any change of a row of the three tables above raises this, and every replica reads them anew within a second.
-- A table and not a sequence: a sequence would show its new value before the change is committed, and a replica
-- that looked in between would never look again.
CREATE TABLE identity_version (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    last_value bigint NOT NULL DEFAULT 1
);
INSERT INTO identity_version DEFAULT VALUES;
CREATE FUNCTION identity_changed () RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT
AS $$ BEGIN UPDATE identity_version SET last_value = last_value + 1; RETURN NULL; END $$;
CREATE TRIGGER source_changed AFTER INSERT OR UPDATE OR DELETE ON source
    FOR EACH ROW EXECUTE FUNCTION identity_changed ();
CREATE TRIGGER key_changed AFTER INSERT OR UPDATE OR DELETE ON key
    FOR EACH ROW EXECUTE FUNCTION identity_changed ();
CREATE TRIGGER person_changed AFTER INSERT OR UPDATE OR DELETE ON person
    FOR EACH ROW EXECUTE FUNCTION identity_changed ();

-- Everything that was accepted at the door: submissions and commands alike, never changed afterwards.
-- submission_id = first 16 bytes of sha-256 (source || 0 || event id): the idempotency key.
CREATE TABLE submission (
    submission_id bytea PRIMARY KEY CHECK (length (submission_id) = 16),
    case_no     bigint NOT NULL,
    opens       boolean NOT NULL,                 -- true: opened case_no; false: a command on it
    source      text COLLATE "C" NOT NULL,
    event_id    text COLLATE "C" NOT NULL,
    sha256      bytea NOT NULL CHECK (length (sha256) = 32),   -- of the bytes as they came
    actor       text COLLATE "C",                 -- the person, if one is known
    public_key  text COLLATE "C" NOT NULL,        -- the key that spoke
    secrecy     smallint NOT NULL,                -- 0 public, 1 internal, 2 confidential, 3 sealed
    occurred_at timestamptz NOT NULL,             -- when it happened, as the sender says
    recorded_at timestamptz NOT NULL,             -- when the door took it
    document    bytea NOT NULL                    -- the bytes as they came, the reporter cut out
);
ALTER TABLE submission ALTER COLUMN document SET STORAGE EXTENDED;
CREATE UNIQUE INDEX submission_opens ON submission (case_no) WHERE opens;

-- The reporter, sealed: intake may add, nobody but duban_sealed may read. document with `cut` put back at
-- byte `position` (in place of the word null) is the original, whose hash stands in submission.sha256.
CREATE TABLE sealed_reporter (
    submission_id bytea PRIMARY KEY CHECK (length (submission_id) = 16),
    position    int NOT NULL,
    cut         bytea NOT NULL
);

-- What is said back, read by cursor: seq has no gaps and is visible in order, because the counter row is
-- locked until COMMIT
CREATE TABLE feed_counter (
    source      text COLLATE "C" PRIMARY KEY,
    last_seq    bigint NOT NULL
);
CREATE TABLE feed (
    source      text COLLATE "C" NOT NULL,
    seq         bigint NOT NULL,
    recorded_at timestamptz NOT NULL,
    event       bytea NOT NULL,                   -- a CloudEvent, as it will be sent
    PRIMARY KEY (source, seq)
);

GRANT USAGE ON SEQUENCE case_no TO duban_intake;
GRANT SELECT ON identity_version TO duban_intake;
GRANT SELECT ON source, key, person TO duban_intake;
GRANT SELECT, INSERT ON submission TO duban_intake;
GRANT INSERT ON sealed_reporter TO duban_intake;
GRANT SELECT, INSERT, UPDATE (last_seq) ON feed_counter TO duban_intake;
GRANT SELECT, INSERT ON feed TO duban_intake;
GRANT USAGE ON SCHEMA intake TO duban_operator, duban_sealed;
GRANT SELECT, INSERT, UPDATE ON source, key, person TO duban_operator;
GRANT SELECT ON submission, sealed_reporter TO duban_sealed;

CREATE VIEW api.submission AS
    SELECT case_no, opens, source, event_id, encode (sha256, 'hex') AS sha256, actor, secrecy, occurred_at, recorded_at,
           CASE WHEN secrecy < 2 THEN convert_from (document, 'UTF8') END AS document
    FROM submission;
CREATE VIEW api.source AS SELECT source, name, procedures, commands, rate, burst, active FROM source;
CREATE VIEW api.key AS SELECT public_key, source, person, speaks_for, active, granted_at, revoked_at FROM key;
GRANT SELECT ON api.submission, api.source, api.key TO duban_reader;
