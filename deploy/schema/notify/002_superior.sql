-- notify - the line of command: who is told where everybody who should be must not hear of a case (recusal)

CREATE TABLE superior (
    role        text COLLATE "C" PRIMARY KEY,
    superior    text COLLATE "C" NOT NULL CHECK (superior <> role)
);
INSERT INTO superior (role, superior) VALUES
    ('handler', 'unit_head'), ('unit_head', 'deputy_chief'), ('intake_officer', 'deputy_chief'),
    ('escalation_officer', 'deputy_chief'), ('reviewer', 'deputy_chief'), ('signatory', 'deputy_chief'),
    ('duty_officer', 'duty_leader'), ('duty_leader', 'deputy_chief'),
    ('deputy_chief', 'chief'), ('chief', 'discipline');
CREATE TRIGGER superior_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON superior
    FOR EACH STATEMENT EXECUTE FUNCTION directory_changed ();

GRANT SELECT ON superior TO duban_notify;
GRANT SELECT, INSERT, UPDATE, DELETE ON superior TO duban_operator;
CREATE VIEW api.superior AS SELECT role, superior FROM superior;
GRANT SELECT ON api.superior TO duban_reader;
