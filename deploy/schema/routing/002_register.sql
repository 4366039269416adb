-- routing - registers: what is known beside the cases, and everything that ever changed it
--
-- Which registers there are and what their fields are is data (proto/registers/*.json); this is the same for
-- all of them. routing owns them because its decisions need them: who may act, who stands aside, who leads.

CREATE TABLE register_entry (
    register    text COLLATE "C" NOT NULL,
    key         text COLLATE "C" NOT NULL,
    version     int NOT NULL,                     -- = the last version in register_log
    body        jsonb NOT NULL,                   -- fields that anybody who reads may see
    secret      bytea,                            -- JSON object: fields that are confidential or sealed; NULL: none
    stamps      bytea NOT NULL,                   -- JSON object: field → when the door took its value, µs; "." → ended or put again
    ended       boolean NOT NULL DEFAULT false,
    valid_from  date,                             -- the days on which it holds, if its register has such fields
    valid_until date,
    changed_at  timestamptz NOT NULL,
    changed_by  text COLLATE "C" NOT NULL,        -- the person; else the source
    PRIMARY KEY (register, key)
) WITH (fillfactor = 70);
CREATE INDEX register_entry_body ON register_entry USING gin (body jsonb_path_ops);
CREATE INDEX register_entry_until ON register_entry (register, valid_until) WHERE valid_until IS NOT NULL AND NOT ended;

-- Append-only. canonical is the change as JSON with sorted members and no blanks: the bytes that a sealer hashes
-- and a verifier reads. Of secret fields it has the names alone; their values stand beside it and can be
-- erased without touching it (the door's hash of what was sent proves them).
CREATE TABLE register_log (
    register    text COLLATE "C" NOT NULL,
    key         text COLLATE "C" NOT NULL,
    version     int NOT NULL,
    event       text COLLATE "C" NOT NULL CHECK (event IN ('put', 'end')),
    actor       text COLLATE "C",                 -- the person who asked for it
    spoke       text COLLATE "C" NOT NULL,        -- the source whose key spoke
    secrecy     smallint NOT NULL,                -- 2: it touched a secret field; else 1
    occurred_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    cause       text COLLATE "C" NOT NULL,
    traceparent text COLLATE "C",
    canonical   bytea NOT NULL,
    secret      bytea,
    xid         xid8 NOT NULL DEFAULT pg_current_xact_id (),
    PRIMARY KEY (register, key, version)
);

-- Does what a person may not decide on concern him? An entry of the register `relation` that holds on that day
-- ties the person to the enterprise, organisation or other person, whichever of the two it names first.
CREATE FUNCTION register_related (one text, other text, on_day date) RETURNS boolean LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT EXISTS (
        SELECT FROM register_entry e
        WHERE e.register = 'relation' AND NOT e.ended
          AND coalesce (e.valid_from <= on_day, true) AND coalesce (e.valid_until >= on_day, true)
          AND (e.body @> jsonb_build_object ('person', one, 'enterprise', other)
               OR e.body @> jsonb_build_object ('person', one, 'organisation', other)
               OR e.body @> jsonb_build_object ('person', one, 'other', other)
               OR e.body @> jsonb_build_object ('person', other, 'other', one)));
END;

REVOKE ALL ON FUNCTION register_related FROM PUBLIC;
GRANT EXECUTE ON FUNCTION register_related TO duban_routing;
GRANT SELECT, INSERT ON register_entry TO duban_routing;
GRANT UPDATE (version, body, secret, stamps, ended, valid_from, valid_until, changed_at, changed_by)
    ON register_entry TO duban_routing;
GRANT INSERT ON register_log TO duban_routing;

CREATE VIEW api.register_entry AS
    SELECT register, key, version, body, secret IS NOT NULL AS has_secrets, ended, valid_from, valid_until,
           changed_at, changed_by
    FROM register_entry;
CREATE VIEW api.register_log AS
    SELECT register, key, version, event, actor, spoke, secrecy, occurred_at, recorded_at, cause, traceparent,
           convert_from (canonical, 'UTF8') AS canonical
    FROM register_log;
-- For whom a telephone number is needed to do the work: the role that may unseal, nobody else
CREATE VIEW api.register_secret AS
    SELECT register, key, version, convert_from (secret, 'UTF8')::jsonb AS secret
    FROM register_entry WHERE secret IS NOT NULL;
GRANT SELECT ON api.register_entry, api.register_log TO duban_reader;
GRANT USAGE ON SCHEMA api TO duban_sealed;
GRANT SELECT ON api.register_secret TO duban_sealed;
