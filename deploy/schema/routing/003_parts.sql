-- routing - cases that are parts of another one; and what the procedure calls secret stays out of the views

ALTER TABLE cases ADD COLUMN parent bigint;       -- the case that it is a part of
CREATE INDEX cases_parts ON cases (parent) WHERE parent IS NOT NULL AND closed_at IS NULL;

CREATE OR REPLACE VIEW api.cases AS
    SELECT case_no, number, procedure, procedure_version, state, version, source, submitter,
           CASE WHEN secrecy < 2 THEN title ELSE '***' END AS title,
           kind, area, secrecy, unit, CASE WHEN secrecy < 2 THEN convert_from (fields, 'UTF8') END AS fields,
           opened_at, closed_at, parent
    FROM cases;
CREATE OR REPLACE VIEW api.case_log AS
    SELECT case_no, version, event, state, actor, spoke, secrecy, occurred_at, recorded_at, cause, traceparent,
           CASE WHEN secrecy < 2 THEN (convert_from (canonical, 'UTF8')::jsonb - 'secret')::text COLLATE "C" END AS canonical
    FROM case_log;
