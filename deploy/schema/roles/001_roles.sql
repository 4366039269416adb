-- roles - who may log in, and what nobody may do
--
-- Roles belong to the cluster, schemas to a database: several databases (districts, tests) share these
-- roles, so each statement must be harmless when another database was first. Passwords are not set here:
-- `dubanctl migrate` sets them from the secrets it was given.
DO $$
DECLARE
    role text;
BEGIN
    -- duban_owner owns everything and cannot log in; SECURITY DEFINER functions run as this role
    FOREACH role IN ARRAY ARRAY['duban_owner'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) THEN
            EXECUTE format ('CREATE ROLE %I NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE', role);
        END IF;
    END LOOP;
    -- one role per service; duban_reader: the api views; duban_operator: keys and directory, never content;
    -- duban_sealed: the sealed reporter, nothing else; duban_test: moves the test clock, nothing else
    FOREACH role IN ARRAY ARRAY['duban_intake', 'duban_routing', 'duban_watchdog', 'duban_notify',
                                'duban_reader', 'duban_operator', 'duban_sealed', 'duban_test'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) THEN
            EXECUTE format ('CREATE ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION '
                            'NOBYPASSRLS CONNECTION LIMIT 200', role);
        END IF;
    END LOOP;
END
$$;

DO $$
BEGIN
    EXECUTE format ('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database ());
    EXECUTE format ('GRANT CONNECT ON DATABASE %I TO duban_intake, duban_routing, duban_watchdog, duban_notify, '
                    'duban_reader, duban_operator, duban_sealed, duban_test', current_database ());
    EXECUTE format ('GRANT CREATE ON DATABASE %I TO duban_owner', current_database ());
END
$$;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
