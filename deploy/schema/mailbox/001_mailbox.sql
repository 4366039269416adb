-- mailbox - the hand-over tables, the same in every service's schema
--
-- `dubanctl migrate` runs this file once per service, with search_path set to that service's schema and
-- the setting duban.service_role naming its role. The protocol is described in common/README.md.

-- One row: one parcel (<= 200 messages of one transaction to one target). Inserted with the business rows,
-- deleted when the target has acknowledged. No UPDATE on the straight way, so the table stays flat.
CREATE TABLE outbox (
    parcel_id  uuid PRIMARY KEY,                  -- UUIDv7: sorts by time
    target     text COLLATE "C" NOT NULL,
    owner      uuid NOT NULL,                     -- the replica that pushes it
    messages   int NOT NULL,
    deaths     int NOT NULL DEFAULT 0,            -- receivers that died while they had it
    created_at timestamptz NOT NULL DEFAULT clock_timestamp (),
    body       bytea NOT NULL                     -- a JSON array of messages
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_cost_delay = 0);
ALTER TABLE outbox ALTER COLUMN body SET STORAGE EXTERNAL;
CREATE INDEX outbox_target ON outbox (target, owner, parcel_id);

-- One row: one parcel whose messages have taken effect here. src is the producing service, proved by its
-- key; a parcel keeps its id over resend and take-over. Partitioned by the time inside the id.
CREATE TABLE inbox (
    src         text COLLATE "C" NOT NULL,
    parcel_id   uuid NOT NULL,
    copies      int NOT NULL DEFAULT 1,
    PRIMARY KEY (src, parcel_id)
) PARTITION BY RANGE (parcel_id);

-- Parcels older than this are never applied: their inbox rows are gone
CREATE TABLE inbox_floor (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    parcel_id uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000'
);
INSERT INTO inbox_floor DEFAULT VALUES;

-- What could not be applied (this service's inbox) or delivered (this service's outbox): kept whole, with
-- the cause, by whoever holds it, until somebody replays or drops it
CREATE TABLE dead_letter (
    dead_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    direction  text NOT NULL CHECK (direction IN ('in', 'out')),
    peer       text COLLATE "C" NOT NULL,
    parcel_id  uuid NOT NULL,
    cause      text NOT NULL,
    body       bytea NOT NULL,
    died_at    timestamptz NOT NULL DEFAULT clock_timestamp ()
);

-- Business time: the database's clock plus an offset that only the role duban_test may set. SECURITY DEFINER,
-- because the views of schema api call it for readers who may not see the table.
CREATE TABLE clock_offset (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    shift    interval NOT NULL DEFAULT interval '0'
);
INSERT INTO clock_offset DEFAULT VALUES;

CREATE FUNCTION clock_now () RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER
SET search_path FROM CURRENT
BEGIN ATOMIC
    SELECT clock_timestamp () + shift FROM clock_offset;
END;

-- The smallest UUIDv7 of a moment (RFC 9562, section 5.7: 48 bits of Unix milliseconds come first)
CREATE FUNCTION uuid_floor (moment timestamptz) RETURNS uuid LANGUAGE sql IMMUTABLE
BEGIN ATOMIC
    SELECT (lpad (to_hex (floor (extract (epoch FROM moment) * 1000)::bigint), 12, '0')
            || '00000000000000000000')::uuid;
END;

-- Makes the inbox partitions of last, this and the next two months. Called by the migration and daily.
CREATE FUNCTION inbox_partitions () RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT SET timezone = 'UTC'
AS $$
DECLARE
    first timestamptz := date_trunc ('month', clock_timestamp (), 'UTC') - interval '1 month';
    month timestamptz;
    name text;
BEGIN
    PERFORM pg_advisory_xact_lock (hashtextextended ('inbox_partitions ' || current_schema (), 0));
    FOR step IN 0..3 LOOP
        month := first + make_interval (months => step);
        name := 'inbox_' || to_char (month AT TIME ZONE 'UTC', 'YYYYMM');
        IF to_regclass (name) IS NULL THEN
            EXECUTE format ('CREATE TABLE %I PARTITION OF inbox FOR VALUES FROM (%L) TO (%L)', name,
                            uuid_floor (month), uuid_floor (month + interval '1 month'));
        END IF;
    END LOOP;
END
$$;
SELECT inbox_partitions ();
-- What lies outside the months made so far is still told apart: never "no partition for this row"
CREATE TABLE inbox_default PARTITION OF inbox DEFAULT;

-- Drops the partitions that end at least 30 days ago and before the oldest parcel that any producer still
-- owes; raises the floor first, so that a parcel from a dropped time can never be applied again.
CREATE FUNCTION inbox_expire (oldest_owed uuid) RETURNS int LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT SET timezone = 'UTC'
AS $$
DECLARE
    part record;
    limit_id uuid := least (uuid_floor (clock_timestamp () - interval '30 days'), oldest_owed);
    month_end uuid;
    dropped int := 0;
BEGIN
    PERFORM pg_advisory_xact_lock (hashtextextended ('inbox_partitions ' || current_schema (), 0));
    FOR part IN SELECT c.oid::regclass::text AS name, to_date (right (c.relname, 6), 'YYYYMM') AS month
                FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
                WHERE i.inhparent = 'inbox'::regclass AND c.relname ~ '^inbox_[0-9]{6}$' ORDER BY c.relname LOOP
        month_end := uuid_floor ((part.month + interval '1 month')::timestamp AT TIME ZONE 'UTC');
        CONTINUE WHEN month_end > limit_id;
        UPDATE inbox_floor SET parcel_id = greatest (parcel_id, month_end);
        EXECUTE format ('DROP TABLE %s', part.name);
        dropped := dropped + 1;
    END LOOP;
    RETURN dropped;
END
$$;

REVOKE ALL ON FUNCTION inbox_partitions, inbox_expire FROM PUBLIC;

DO $$
DECLARE
    role text := current_setting ('duban.service_role');
    home text := current_schema ();
BEGIN
    EXECUTE format ('GRANT USAGE ON SCHEMA %I TO %I, duban_test', home, role);
    EXECUTE format ('GRANT SELECT, INSERT, UPDATE (owner, deaths), DELETE ON outbox TO %I', role);
    EXECUTE format ('GRANT SELECT, INSERT, UPDATE (copies) ON inbox TO %I', role);
    EXECUTE format ('GRANT SELECT ON inbox_floor, clock_offset TO %I', role);
    EXECUTE format ('GRANT INSERT ON dead_letter TO %I', role);
    EXECUTE format ('GRANT EXECUTE ON FUNCTION inbox_partitions, inbox_expire TO %I', role);
    EXECUTE 'GRANT SELECT, UPDATE ON clock_offset TO duban_test';
    -- What operators see of a mailbox: counts and ages, never contents
    EXECUTE format ('CREATE VIEW api.%I AS SELECT %L::text AS service, o.target, count (*) AS parcels, '
                    'sum (o.messages)::bigint AS messages, min (o.created_at) AS oldest '
                    'FROM outbox o GROUP BY o.target', home || '_outbox', home);
    EXECUTE format ('CREATE VIEW api.%I AS SELECT %L::text AS service, dead_id, direction, peer, cause, died_at '
                    'FROM dead_letter', home || '_dead_letter', home);
    EXECUTE format ('GRANT SELECT ON api.%I, api.%I TO duban_reader', home || '_outbox', home || '_dead_letter');
END
$$;
