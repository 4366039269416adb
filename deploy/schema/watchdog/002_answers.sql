-- answers - what was answered to the ladders, and what they asked
--
-- Applied with search_path = watchdog.

-- Somebody did in a case what a ladder may have asked for. Routing tells; nothing here says what it was an answer to:
-- that follows from the ladder.
CREATE TABLE answer (
    case_no     bigint NOT NULL,
    version     int NOT NULL,                     -- of the case
    command     text COLLATE "C" NOT NULL,        -- sign_for, explain, instruct …
    at          timestamptz NOT NULL,             -- when it was recorded
    PRIMARY KEY (case_no, version)
);

-- What was promised when the rung was told: a ladder or a calendar that changes later does not change it
ALTER TABLE fired
    ADD COLUMN answer_by timestamptz,             -- until when an answer is wanted; NULL: none is
    ADD COLUMN answer_with text COLLATE "C";      -- commands that answer it, with blanks between; NULL: the end of the clock

-- Derived, like next_rung: the questions that are open or answered, and on which something lapses. In the row, because
-- who claims a clock that is due must see what the last one who held it knew, without reading anything else.
ALTER TABLE clock ADD COLUMN questions bytea NOT NULL DEFAULT '[]';

GRANT SELECT, INSERT ON answer TO duban_watchdog;

-- What a rung asked is settled by the first command that answers it, or by the end of its clock
CREATE OR REPLACE VIEW api.fired AS
    SELECT f.case_no, f.clock, f.rung, f.level, f.due_at, f.fired_at, f.answer_by, s.answer, s.answered_at,
           CASE WHEN f.answer_by IS NULL THEN NULL
                WHEN s.answered_at <= f.answer_by THEN 'answered'
                WHEN s.answered_at > f.answer_by THEN 'late'
                WHEN (SELECT clock_now ()) >= f.answer_by THEN 'lapsed'
                ELSE 'open' END AS answer_state
    FROM fired f
    LEFT JOIN LATERAL (
        SELECT a.command AS answer, a.at AS answered_at FROM answer a
        WHERE a.case_no = f.case_no AND a.at >= f.due_at AND a.command = ANY (string_to_array (f.answer_with, ' '))
        UNION ALL
        SELECT NULL, c.stopped_at FROM clock c
        WHERE c.case_no = f.case_no AND c.name = f.clock AND NOT c.running AND c.stopped_at >= f.due_at
        ORDER BY answered_at LIMIT 1) s ON f.answer_by IS NOT NULL;
