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

-- What somebody is to be told, once: notice_key comes from the producer and names the occasion
CREATE TABLE notice (
    notice_key  text COLLATE "C" PRIMARY KEY,     -- <case_no>/<what>/<which time>
    case_no     bigint NOT NULL,
    number      text COLLATE "C" NOT NULL,
    template    text COLLATE "C" NOT NULL,
    secrecy     smallint NOT NULL,
    urgent      boolean NOT NULL,
    withdrawn   boolean NOT NULL DEFAULT false,   -- also for one that comes after its withdrawal
    created_at  timestamptz NOT NULL,
    body        bytea NOT NULL                    -- JSON: recipients asked for, arguments of the template
);
CREATE INDEX notice_case ON notice (case_no);

-- One row per person and channel, each with its own state
CREATE TABLE delivery (
    delivery_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    notice_key  text COLLATE "C" NOT NULL REFERENCES notice,
    recipient   text COLLATE "C" NOT NULL,        -- a person; or source:<name> for the feed
    channel     text COLLATE "C" NOT NULL,        -- email, feed
    address     text,
    state       text COLLATE "C" NOT NULL CHECK (state IN ('queued', 'sending', 'delivered', 'dead', 'withdrawn')),
    attempts    int NOT NULL DEFAULT 0,
    next_try_at timestamptz,                      -- queued: when to try; sending: when its lease ends
    delivered_at timestamptz,
    outcome     text,                             -- the provider's last word
    subject     text NOT NULL,
    text        text NOT NULL,
    UNIQUE (notice_key, recipient, channel)
) WITH (fillfactor = 80);
CREATE INDEX delivery_due ON delivery (next_try_at) WHERE state IN ('queued', 'sending');
CREATE INDEX delivery_notice ON delivery (notice_key);

-- A role that nobody holds is an alarm, never silence
CREATE TABLE unreached (
    notice_key  text COLLATE "C" NOT NULL,
    wanted      text COLLATE "C" NOT NULL,        -- the role or person that could not be resolved
    noted_at    timestamptz NOT NULL,
    PRIMARY KEY (notice_key, wanted)
);

GRANT SELECT ON unit, person TO duban_notify;
GRANT SELECT, INSERT, UPDATE (withdrawn) ON notice TO duban_notify;
GRANT SELECT, INSERT, UPDATE ON delivery TO duban_notify;
GRANT SELECT, INSERT ON unreached TO duban_notify;
GRANT USAGE ON SCHEMA notify TO duban_operator;
GRANT SELECT, INSERT, UPDATE ON unit, person TO duban_operator;

CREATE VIEW api.notice AS
    SELECT notice_key, case_no, number, template, secrecy, urgent, withdrawn, created_at FROM notice;
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
