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

-- What a rung asked is settled by the first command that answers it, or by the end of its clock. Late is late:
-- answered_at > answer_by.
CREATE OR REPLACE VIEW api.fired AS
    SELECT f.case_no, f.clock, f.rung, f.level, f.due_at, f.fired_at, f.answer_by, a.command AS answer,
           CASE WHEN f.answer_by IS NOT NULL THEN least (a.at, c.stopped_at) END AS answered_at
    FROM fired f
    LEFT JOIN LATERAL (SELECT command, at FROM answer WHERE case_no = f.case_no AND at >= f.due_at
                       AND command = ANY (string_to_array (f.answer_with, ' ')) ORDER BY at, version LIMIT 1) a ON true
    LEFT JOIN clock c ON c.case_no = f.case_no AND c.name = f.clock AND NOT c.running AND c.stopped_at >= f.due_at;
