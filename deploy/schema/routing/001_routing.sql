-- routing - the case: where it stands, and everything that ever moved it
--
-- Applied with search_path = routing, after the mailbox file.

CREATE TABLE cases (
    case_no     bigint PRIMARY KEY,
    number      text COLLATE "C" NOT NULL UNIQUE, -- as people say it: JM-2026-000123-7
    procedure   text COLLATE "C" NOT NULL,
    procedure_version int NOT NULL,               -- a running case keeps the version it began with
    state       text COLLATE "C" NOT NULL,
    version     int NOT NULL,                     -- = the last version in case_log
    source      text COLLATE "C" NOT NULL,
    submitter   text COLLATE "C",                 -- the person, if the source named one
    title       text NOT NULL,
    kind        text COLLATE "C" NOT NULL,
    area        text COLLATE "C",
    secrecy     smallint NOT NULL,
    unit        text COLLATE "C",                 -- lead unit, once decided
    fields      bytea NOT NULL,                   -- JSON object: what moves have set (term, proposal, result, document number)
    opened_at   timestamptz NOT NULL,
    closed_at   timestamptz
) WITH (fillfactor = 70);
CREATE INDEX cases_open ON cases (state, opened_at) WHERE closed_at IS NULL;

-- Append-only. canonical is the entry as JSON with sorted members and no blanks: the bytes that a sealer
-- hashes and a verifier reads; the other columns only repeat it for queries. xid orders entries by
-- transaction, so that a sealer can tell which are complete (xid < pg_snapshot_xmin).
CREATE TABLE case_log (
    case_no     bigint NOT NULL,
    version     int NOT NULL,
    event       text COLLATE "C" NOT NULL,        -- the command, or opened, rung, waited
    state       text COLLATE "C" NOT NULL,        -- after it
    actor       text COLLATE "C",                 -- the person who acted
    spoke       text COLLATE "C",                 -- the source whose key spoke
    secrecy     smallint NOT NULL,
    occurred_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    cause       text COLLATE "C" NOT NULL,        -- the id of the message that caused it
    traceparent text COLLATE "C",
    canonical   bytea NOT NULL,
    xid         xid8 NOT NULL DEFAULT pg_current_xact_id (),
    PRIMARY KEY (case_no, version)
);

-- Commands that came before what they wait for. Loaded whenever their case is; refused at give_up_at.
CREATE TABLE waiting (
    waiting_id  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_no     bigint NOT NULL,
    give_up_at  timestamptz NOT NULL,
    body        bytea NOT NULL
);
CREATE INDEX waiting_case ON waiting (case_no);
CREATE INDEX waiting_give_up ON waiting (give_up_at);

GRANT SELECT, INSERT ON cases TO duban_routing;
GRANT UPDATE (state, version, submitter, title, area, secrecy, unit, fields, closed_at) ON cases TO duban_routing;
GRANT SELECT, INSERT ON case_log TO duban_routing;
GRANT SELECT, INSERT, DELETE, UPDATE (give_up_at) ON waiting TO duban_routing; -- UPDATE: what FOR UPDATE asks for

CREATE VIEW api.cases AS
    SELECT case_no, number, procedure, procedure_version, state, version, source, submitter,
           CASE WHEN secrecy < 2 THEN title ELSE '***' END AS title,
           kind, area, secrecy, unit, CASE WHEN secrecy < 2 THEN convert_from (fields, 'UTF8') END AS fields,
           opened_at, closed_at
    FROM cases;
CREATE VIEW api.case_log AS
    SELECT case_no, version, event, state, actor, spoke, secrecy, occurred_at, recorded_at, cause, traceparent,
           CASE WHEN secrecy < 2 THEN convert_from (canonical, 'UTF8') END AS canonical
    FROM case_log;
CREATE VIEW api.waiting AS SELECT case_no, give_up_at FROM waiting;
GRANT SELECT ON api.cases, api.case_log, api.waiting TO duban_reader;
