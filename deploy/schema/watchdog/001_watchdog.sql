-- watchdog - clocks, the calendar, and what has fired
--
-- Applied with search_path = watchdog, after the mailbox file.

-- Facts of the calendar: only the days that differ from Monday-Friday. A year without a row in
-- calendar_year is unknown: dates that reach into it are provisional.
CREATE TABLE calendar_year (
    calendar    text COLLATE "C" NOT NULL,
    year        int NOT NULL,
    published   text NOT NULL,                    -- where the facts come from
    PRIMARY KEY (calendar, year)
);
CREATE TABLE calendar_day (
    calendar    text COLLATE "C" NOT NULL,
    day         date NOT NULL,
    works       boolean NOT NULL,                 -- true: a make-up working weekend; false: a day off
    name        text NOT NULL,
    PRIMARY KEY (calendar, day)
);
-- Raised by any change of a row above. A table and not a sequence: a sequence would show its new value before the
-- change is committed, and a watchdog that looked in between would never look again.
CREATE TABLE calendar_version (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    last_value bigint NOT NULL DEFAULT 1
);
INSERT INTO calendar_version DEFAULT VALUES;
CREATE FUNCTION calendar_changed () RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT
AS $$ BEGIN UPDATE calendar_version SET last_value = last_value + 1; RETURN NULL; END $$;
CREATE TRIGGER calendar_year_changed AFTER INSERT OR UPDATE OR DELETE ON calendar_year
    FOR EACH ROW EXECUTE FUNCTION calendar_changed ();
CREATE TRIGGER calendar_day_changed AFTER INSERT OR UPDATE OR DELETE ON calendar_day
    FOR EACH ROW EXECUTE FUNCTION calendar_changed ();

-- Anchor + budget + ledger; everything below the line is derived from these by one function
CREATE TABLE clock (
    case_no     bigint NOT NULL,
    name        text COLLATE "C" NOT NULL,        -- first_contact, handling, acceptance, decision …
    version     int NOT NULL,                     -- of the fact that routing stated last; older ones are ignored
    running     boolean NOT NULL,
    anchor      timestamptz NOT NULL,             -- the moment that starts it
    budget      int NOT NULL,                     -- how many units
    unit        text COLLATE "C" NOT NULL,        -- working_day, calendar_day, hour, minute
    rule        text COLLATE "C" NOT NULL DEFAULT 'A',
    calendar    text COLLATE "C" NOT NULL DEFAULT 'cn',
    ledger      bytea NOT NULL DEFAULT '[]',      -- JSON array of suspensions and extensions, oldest first
    ladder      text COLLATE "C" NOT NULL,
    card        bytea NOT NULL,                   -- JSON object: number, title, unit, secrecy, source, submitter
    stopped_at  timestamptz,                      -- when what it waited for happened (not when it was recorded)
    ---- derived
    due_date    date,                             -- the last day; its 24:00 is the breach (NULL for hours and minutes)
    breach_at   timestamptz NOT NULL,             -- the first moment that is late
    provisional boolean NOT NULL DEFAULT false,   -- beyond the calendar's horizon
    next_rung   int,                              -- index into the ladder's rungs in time order; NULL: none left
    next_rung_at timestamptz,
    PRIMARY KEY (case_no, name)
) WITH (fillfactor = 70);
CREATE INDEX clock_due ON clock (next_rung_at) WHERE next_rung_at IS NOT NULL;

-- A rung fires once for each due moment: an extension or a new calendar arms it anew
CREATE TABLE fired (
    case_no     bigint NOT NULL,
    clock       text COLLATE "C" NOT NULL,
    rung        text COLLATE "C" NOT NULL,
    due_at      timestamptz NOT NULL,             -- when the ladder says it is due
    fired_at    timestamptz NOT NULL,
    level       text COLLATE "C" NOT NULL,        -- blue, yellow, red …
    PRIMARY KEY (case_no, clock, rung, due_at)
);

-- The watchdog watches itself: one row per replica, rewritten every second
CREATE TABLE heartbeat (
    replica_id  uuid PRIMARY KEY,
    beat_at     timestamptz NOT NULL,
    oldest_due  timestamptz                       -- the oldest rung that is due and not fired; NULL: none
);

GRANT SELECT ON calendar_year, calendar_day TO duban_watchdog;
GRANT SELECT ON calendar_version TO duban_watchdog;
GRANT SELECT, INSERT, UPDATE ON clock TO duban_watchdog;
GRANT SELECT, INSERT ON fired TO duban_watchdog;
GRANT SELECT, INSERT, UPDATE, DELETE ON heartbeat TO duban_watchdog;
GRANT USAGE ON SCHEMA watchdog TO duban_operator;
GRANT SELECT, INSERT, UPDATE, DELETE ON calendar_year, calendar_day TO duban_operator;

CREATE VIEW api.clock AS
    SELECT case_no, name, version, running, anchor, budget, unit, rule, calendar, convert_from (ledger, 'UTF8') AS ledger,
           ladder, stopped_at, due_date, breach_at, provisional, next_rung_at,
           -- a breach that was recorded stays, also when what it waited for is entered later with an earlier date
           CASE WHEN running THEN (SELECT clock_now ()) >= breach_at ELSE stopped_at >= breach_at END
           OR EXISTS (SELECT FROM fired f WHERE f.case_no = c.case_no AND f.clock = c.name AND f.rung = 'breach'
                      AND f.due_at = c.breach_at) AS breached
    FROM clock c;
CREATE VIEW api.fired AS SELECT case_no, clock, rung, level, due_at, fired_at FROM fired;
CREATE VIEW api.calendar_day AS SELECT calendar, day, works, name FROM calendar_day;
CREATE VIEW api.calendar_year AS SELECT calendar, year, published FROM calendar_year;
CREATE VIEW api.heartbeat AS
    SELECT replica_id, beat_at, oldest_due, clock_now () - oldest_due AS lateness FROM heartbeat;
GRANT SELECT ON api.clock, api.fired, api.calendar_day, api.calendar_year, api.heartbeat TO duban_reader;
-- intake raises the alarm when no watchdog beats: it may see the beats, nothing else
GRANT USAGE ON SCHEMA api TO duban_intake;
GRANT SELECT ON api.heartbeat TO duban_intake;
