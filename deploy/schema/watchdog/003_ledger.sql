-- ledger - terms that stand still, fixed dates, and a journal of dates that moved
--
-- Applied with search_path = watchdog.

ALTER TABLE clock
    ALTER COLUMN breach_at DROP NOT NULL,             -- NULL while it stands still with something left
    ADD COLUMN due_at timestamptz,                    -- of unit until: the date that was given from outside
    ADD COLUMN earlier int NOT NULL DEFAULT 0,        -- ... and so many working days before it is the date inside
    ADD COLUMN suspended boolean NOT NULL DEFAULT false; -- derived: it stands still, nobody is reminded

-- Why a date is another one than it was, though nobody decided anything in the case
CREATE TABLE moved (
    case_no     bigint NOT NULL,
    clock       text COLLATE "C" NOT NULL,
    moved_at    timestamptz NOT NULL,
    was_due     date,
    due_date    date,
    was_breach_at timestamptz,
    breach_at   timestamptz,
    provisional boolean NOT NULL,
    reason      text NOT NULL
);
CREATE INDEX moved_case ON moved (case_no);
GRANT SELECT, INSERT ON moved TO duban_watchdog;

CREATE OR REPLACE VIEW api.clock AS
    SELECT case_no, name, version, running, anchor, budget, unit, rule, calendar, convert_from (ledger, 'UTF8') AS ledger,
           ladder, stopped_at, due_date, breach_at, provisional, next_rung_at,
           -- a breach that was recorded stays: an extension gives a new date and erases nothing, and what is entered
           -- later with an earlier date does not either
           coalesce (CASE WHEN running THEN (SELECT clock_now ()) >= breach_at ELSE stopped_at >= breach_at END, false)
           OR EXISTS (SELECT FROM fired f WHERE f.case_no = c.case_no AND f.clock = c.name AND f.rung = 'breach'
                      AND f.due_at > c.anchor) AS breached,
           due_at, earlier, suspended
    FROM clock c;
CREATE VIEW api.moved AS
    SELECT case_no, clock, moved_at, was_due, due_date, was_breach_at, breach_at, provisional, reason FROM moved;
GRANT SELECT ON api.moved TO duban_reader;
