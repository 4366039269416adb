-- notify - people, notices and their deliveries
--
-- Applied with search_path = notify, after the mailbox file.

CREATE TABLE unit (
    unit        text COLLATE "C" PRIMARY KEY,
    name        text NOT NULL
);
CREATE TABLE person (
    person      text COLLATE "C" PRIMARY KEY,
    name        text NOT NULL,
    roles       text[] NOT NULL DEFAULT '{}',
    unit        text COLLATE "C",
    email       text,
    language    text NOT NULL DEFAULT 'zh' CHECK (language IN ('zh', 'en')),
    active      boolean NOT NULL DEFAULT true
);
CREATE INDEX person_roles ON person USING gin (roles);

-- Any change of the two tables above raises this; a transaction that decides who is told reads them anew if
-- it has moved. A table and not a sequence: the number becomes visible together with the change.
CREATE TABLE directory_version (
    only_row    boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    last_value  bigint NOT NULL DEFAULT 1
);
INSERT INTO directory_version DEFAULT VALUES;
CREATE FUNCTION directory_changed () RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT
AS $$ BEGIN UPDATE directory_version SET last_value = last_value + 1; RETURN NULL; END $$;
CREATE TRIGGER unit_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON unit
    FOR EACH STATEMENT EXECUTE FUNCTION directory_changed ();
CREATE TRIGGER person_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON person
    FOR EACH STATEMENT EXECUTE FUNCTION directory_changed ();
REVOKE ALL ON FUNCTION directory_changed FROM PUBLIC;

-- What somebody is to be told, once: notice_key comes from the producer and names the occasion. A withdrawal
-- that overtakes its notice stands here alone, with the key and nothing else, until the notice comes.
CREATE TABLE notice (
    notice_key  text COLLATE "C" PRIMARY KEY,     -- <case_no>/<what>/<which time>
    case_no     bigint,
    number      text COLLATE "C",
    template    text COLLATE "C",                 -- NULL: only the withdrawal is known
    secrecy     smallint,
    urgent      boolean,
    confirm     boolean,                          -- routing is told when the submitter has it
    withdrawn   boolean NOT NULL DEFAULT false,   -- also for one that comes after its withdrawal
    created_at  timestamptz NOT NULL,
    body        bytea,                            -- JSON: recipients asked for, arguments of the template
    CHECK (num_nonnulls (case_no, number, template, secrecy, urgent, confirm, body) IN (0, 7)),
    CHECK (template IS NOT NULL OR withdrawn)
);
CREATE INDEX notice_case ON notice (case_no);

-- One row per person and channel, each with its own state
CREATE TABLE delivery (
    delivery_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    notice_key  text COLLATE "C" NOT NULL REFERENCES notice,
    recipient   text COLLATE "C" NOT NULL,        -- a person; or source:<name> for the feed
    channel     text COLLATE "C" NOT NULL CHECK (channel IN ('email', 'feed')),
    address     text,
    state       text COLLATE "C" NOT NULL CHECK (state IN ('queued', 'sending', 'delivered', 'dead', 'withdrawn')),
    attempts    int NOT NULL DEFAULT 0,
    next_try_at timestamptz,                      -- real time. queued: when to try; sending: when its lease ends;
                                                  -- NULL: not by a timer (the feed is handed over exactly once)
    delivered_at timestamptz,
    outcome     text,                             -- the provider's last word
    subject     text NOT NULL,
    text        text NOT NULL,
    UNIQUE (notice_key, recipient, channel)
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);
CREATE INDEX delivery_due ON delivery (next_try_at) WHERE next_try_at IS NOT NULL;
CREATE INDEX delivery_dead ON delivery (delivery_id) WHERE state = 'dead';

-- A role that nobody holds is an alarm, never silence
CREATE TABLE unreached (
    notice_key  text COLLATE "C" NOT NULL,
    wanted      text COLLATE "C" NOT NULL,        -- role, role@unit, person:<id> without an address, template:<name>
    noted_at    timestamptz NOT NULL,
    PRIMARY KEY (notice_key, wanted)
);

GRANT SELECT ON unit, person, directory_version TO duban_notify;
GRANT SELECT, INSERT, UPDATE ON notice TO duban_notify;
GRANT SELECT, INSERT, UPDATE ON delivery TO duban_notify;
GRANT SELECT, INSERT ON unreached TO duban_notify;
GRANT USAGE ON SCHEMA notify TO duban_operator;
GRANT SELECT, INSERT, UPDATE ON unit, person TO duban_operator;

CREATE VIEW api.notice AS
    SELECT notice_key, case_no, number, template, secrecy, urgent, withdrawn, created_at
    FROM notice WHERE template IS NOT NULL;
CREATE VIEW api.delivery AS
    SELECT d.delivery_id, n.case_no, d.notice_key, d.recipient, d.channel, d.state, d.attempts, d.next_try_at,
           d.delivered_at, d.outcome,
           CASE WHEN n.secrecy < 2 THEN d.subject ELSE '***' END AS subject,
           CASE WHEN n.secrecy < 2 THEN d.text ELSE '***' END AS text
    FROM delivery d JOIN notice n USING (notice_key);
CREATE VIEW api.unreached AS SELECT notice_key, wanted, noted_at FROM unreached;
CREATE VIEW api.person AS SELECT person, name, roles, unit, active FROM person;
CREATE VIEW api.unit AS SELECT unit, name FROM unit;
GRANT SELECT ON api.notice, api.delivery, api.unreached, api.person, api.unit TO duban_reader;
