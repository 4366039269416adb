-- routing - fields that the procedure calls secret stay out of the view, whatever the class of the case
--
-- fields.secret names them.

CREATE OR REPLACE VIEW api.cases AS
    SELECT case_no, number, procedure, procedure_version, state, version, source, submitter,
           CASE WHEN secrecy < 2 THEN title ELSE '***' END AS title,
           kind, area, secrecy, unit,
           CASE WHEN secrecy < 2 THEN
               (known - 'secret' - ARRAY (SELECT jsonb_array_elements_text (known -> 'secret')))::text COLLATE "C"
           END AS fields,
           opened_at, closed_at, parent
    FROM cases, LATERAL (SELECT convert_from (fields, 'UTF8')::jsonb AS known) AS f;
