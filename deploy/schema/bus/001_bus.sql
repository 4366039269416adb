-- bus - the registry of running replicas: the only thing that services share
--
-- A row says "replica R of service S listens at E with key K, until lease_until". Rows are written only
-- through announce (), which takes the service from the role that is connected: a role cannot register as
-- another service, so a CURVE key in this table proves a service. All times are the database's.
CREATE TABLE replica (
    replica_id   uuid PRIMARY KEY,
    service      text COLLATE "C" NOT NULL,
    endpoint     text NOT NULL,                  -- tcp://ip:port of the internal ROUTER, never a name
    public_key   text COLLATE "C" NOT NULL CHECK (length (public_key) = 40),  -- Z85, new at each start
    admin        text NOT NULL,                  -- http://ip:port with /livez /readyz /metrics
    started_at   timestamptz NOT NULL DEFAULT clock_timestamp (),
    lease_until  timestamptz NOT NULL
);

-- The oldest parcel that a service still owes to anybody: no inbox partition newer than this may be dropped
CREATE TABLE floor (
    service      text COLLATE "C" PRIMARY KEY,
    oldest       uuid NOT NULL,                   -- a fresh id if nothing is owed
    published_at timestamptz NOT NULL DEFAULT clock_timestamp ()
);

CREATE FUNCTION announce (replica_id uuid, endpoint text, public_key text, admin text, lease interval)
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path FROM CURRENT
BEGIN ATOMIC
    INSERT INTO replica AS r (replica_id, service, endpoint, public_key, admin, lease_until)
    VALUES ($1, substr (session_user::text, length ('duban_') + 1), $2, $3, $4, clock_timestamp () + $5)
    ON CONFLICT ON CONSTRAINT replica_pkey DO UPDATE
        SET lease_until = EXCLUDED.lease_until, endpoint = EXCLUDED.endpoint
        WHERE r.service = EXCLUDED.service AND r.public_key = EXCLUDED.public_key;
    DELETE FROM replica r WHERE r.lease_until < clock_timestamp () - interval '1 minute';
END;

CREATE FUNCTION retire (replica_id uuid)
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path FROM CURRENT
BEGIN ATOMIC
    DELETE FROM replica r
    WHERE r.replica_id = $1 AND r.service = substr (session_user::text, length ('duban_') + 1);
END;

CREATE FUNCTION publish_floor (oldest uuid)
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path FROM CURRENT
BEGIN ATOMIC
    INSERT INTO floor AS f (service, oldest)
    VALUES (substr (session_user::text, length ('duban_') + 1), $1)
    ON CONFLICT (service) DO UPDATE SET oldest = EXCLUDED.oldest, published_at = clock_timestamp ();
END;

CREATE VIEW live AS
    SELECT replica_id, service, endpoint, public_key, admin, started_at, lease_until
    FROM replica WHERE lease_until > clock_timestamp ();

REVOKE ALL ON FUNCTION announce, retire, publish_floor FROM PUBLIC;
GRANT USAGE ON SCHEMA bus TO duban_intake, duban_routing, duban_watchdog, duban_notify, duban_reader;
GRANT EXECUTE ON FUNCTION announce, retire, publish_floor
    TO duban_intake, duban_routing, duban_watchdog, duban_notify;
GRANT SELECT ON live, floor TO duban_intake, duban_routing, duban_watchdog, duban_notify, duban_reader;
