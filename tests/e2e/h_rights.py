"""Database rights: every role may do what is listed here, and nothing else."""

import psycopg2

from e2e.client import submission
from e2e.stage import expect, wait_until

SERVICES = ["intake"]
ROLES = ["duban_intake", "duban_routing", "duban_watchdog", "duban_notify", "duban_reader", "duban_operator",
         "duban_sealed", "duban_test"]
VERBS = ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"]

#  role → table → verbs; UPDATE also stands for "of some columns". Every service has its own mailbox as well.
MAILBOX = {"outbox": "SELECT INSERT UPDATE DELETE", "inbox": "SELECT INSERT UPDATE", "inbox_floor": "SELECT",
           "clock_offset": "SELECT", "dead_letter": "INSERT"}
OWN = {
    "intake": {"identity_version": "SELECT", "source": "SELECT", "key": "SELECT", "person": "SELECT",
               "submission": "SELECT INSERT", "sealed_reporter": "INSERT", "feed_counter": "SELECT INSERT UPDATE",
               "feed": "SELECT INSERT"},
    "routing": {"cases": "SELECT INSERT UPDATE", "case_log": "SELECT INSERT", "waiting": "SELECT INSERT UPDATE DELETE",
                "register_entry": "SELECT INSERT UPDATE", "register_log": "INSERT"},
    "watchdog": {"moved": "SELECT INSERT", "calendar_year": "SELECT", "calendar_day": "SELECT", "calendar_version": "SELECT",
                 "clock": "SELECT INSERT UPDATE", "fired": "SELECT INSERT", "answer": "SELECT INSERT",
                 "heartbeat": "SELECT INSERT UPDATE DELETE"},
    "notify": {"directory_version": "SELECT", "superior": "SELECT", "unit": "SELECT", "person": "SELECT",
               "notice": "SELECT INSERT UPDATE", "delivery": "SELECT INSERT UPDATE", "unreached": "SELECT INSERT"},
}
OTHERS = {
    "duban_operator": {"intake.source": "SELECT INSERT UPDATE", "intake.key": "SELECT INSERT UPDATE",
                       "intake.person": "SELECT INSERT UPDATE", "notify.unit": "SELECT INSERT UPDATE",
                       "notify.person": "SELECT INSERT UPDATE", "notify.superior": "SELECT INSERT UPDATE DELETE",
                       "watchdog.calendar_year": "SELECT INSERT UPDATE DELETE",
                       "watchdog.calendar_day": "SELECT INSERT UPDATE DELETE"},
    "duban_sealed": {"intake.submission": "SELECT", "intake.sealed_reporter": "SELECT",
                     "api.register_secret": "SELECT"},
    "duban_test": {f"{schema}.clock_offset": "SELECT UPDATE" for schema in OWN},
    "duban_reader": {},
}
SEEN = {"bus.live": "SELECT", "bus.floor": "SELECT"}       # by every service and the reader


def listed():
    rights = {}
    for service, tables in OWN.items():
        mine = {f"{service}.{name}": verbs for name, verbs in {**MAILBOX, **tables}.items()}
        rights[f"duban_{service}"] = {**mine, **SEEN}
    rights["duban_intake"]["api.heartbeat"] = "SELECT"
    return {**rights, **OTHERS, "duban_reader": dict(SEEN)}


def refused(s, role, query, *values):
    connection = s.connect_as(role)
    try:
        with connection.cursor() as cursor:
            cursor.execute(query, values)
        raise AssertionError(f"{role} may: {query}")
    except psycopg2.errors.InsufficientPrivilege:
        pass
    finally:
        connection.close()


def test_every_role_has_exactly_the_rights_that_are_listed(s):
    rights, wrong = listed(), []
    tables = s.rows("SELECT n.nspname, c.relname, c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace "
                    "WHERE relkind IN ('r', 'v', 'p') AND nspname IN ('intake', 'routing', 'watchdog', 'notify', "
                    "'bus', 'api', 'duban_migration', 'public')")
    assert len(tables) > 50
    checked = 0
    for role in ROLES:
        for schema, name, oid in tables:
            allowed = rights[role].get(f"{schema}.{name}", "").split()
            if role == "duban_reader" and schema == "api" and name != "register_secret":
                allowed = ["SELECT"]
            for verb in VERBS:
                column = verb in ("SELECT", "INSERT", "UPDATE", "REFERENCES")
                kind = "any_column" if column else "table"
                may = s.one(f"SELECT has_{kind}_privilege (%s, %s::oid, %s)", role, oid, verb)
                checked += 1
                if may != (verb in allowed):
                    wrong.append(f"{role} {'may' if may else 'may not'} {verb} {schema}.{name}")
    assert not wrong, f"{len(wrong)} of {checked}: " + "; ".join(wrong[:20])


def test_what_is_said_at_the_door_can_never_be_changed(s):
    case = expect(s.client("app").submit(), "receipt").case_no
    for role in ROLES:
        for query in ("UPDATE intake.submission SET document = 'x' WHERE case_no = %s",
                      "DELETE FROM intake.submission WHERE case_no = %s"):
            refused(s, role, query, case)
        refused(s, role, "TRUNCATE intake.submission")


def test_the_case_log_can_only_grow(s):
    for role in ROLES:
        refused(s, role, "UPDATE routing.case_log SET event = 'x'")
        refused(s, role, "DELETE FROM routing.case_log")
        refused(s, role, "TRUNCATE routing.case_log")


def test_nobody_reads_another_services_schema(s):
    for service in OWN:
        for other, tables in OWN.items():
            if other != service:
                for table in tables:
                    refused(s, f"duban_{service}", f"SELECT * FROM {other}.{table} LIMIT 1")
                refused(s, f"duban_{service}", f"SELECT body FROM {other}.outbox LIMIT 1")


def test_only_the_sealed_role_reads_the_reporter(s):
    data = submission(reporter={"name": "某某", "phone": "13800000000"})
    case = expect(s.client("app").submit(data), "receipt").case_no
    for role in ROLES:
        if role != "duban_sealed":
            refused(s, role, "SELECT cut FROM intake.sealed_reporter")
    connection = s.connect_as("duban_sealed")
    with connection.cursor() as cursor:
        cursor.execute("SELECT convert_from (r.cut, 'UTF8') FROM intake.sealed_reporter r "
                       "JOIN intake.submission USING (submission_id) WHERE case_no = %s", (case,))
        assert "13800000000" in cursor.fetchone()[0]
    connection.close()


def test_a_role_cannot_register_as_another_service(s):
    me = "01a20000-0000-7000-8000-000000000001"
    connection = s.connect_as("duban_notify")
    with connection.cursor() as cursor:
        cursor.execute("SELECT bus.announce (%s, 'tcp://127.0.0.1:1', %s, 'x', interval '5 seconds')", (me, "k" * 40))
    connection.close()
    assert s.one("SELECT service FROM bus.replica WHERE replica_id = %s", me) == "notify"
    refused(s, "duban_notify", "INSERT INTO bus.replica VALUES (%s, 'intake', 'x', 'k', 'x', now (), now ())", me)
    refused(s, "duban_notify", "UPDATE bus.replica SET service = 'intake'")
    refused(s, "duban_notify", "SET ROLE duban_intake")
    for role in ("duban_reader", "duban_operator", "duban_sealed", "duban_test"):
        refused(s, role, "SELECT bus.announce (%s, 'x', %s, 'x', interval '5 seconds')", me, "k" * 40)


def test_a_role_cannot_take_over_or_retire_another_services_replica(s):
    replica, key = s.rows("SELECT replica_id::text, public_key FROM bus.live WHERE service = 'intake'")[0]
    connection = s.connect_as("duban_notify")
    with connection.cursor() as cursor:
        cursor.execute("SELECT bus.announce (%s, 'tcp://127.0.0.1:1', %s, 'x', interval '1 hour')", (replica, "e" * 40))
        cursor.execute("SELECT bus.retire (%s)", (replica,))
    connection.close()
    service, after, endpoint = s.rows("SELECT service, public_key, endpoint FROM bus.live WHERE replica_id = %s",
                                      replica)[0]
    assert (service, after) == ("intake", key) and endpoint != "tcp://127.0.0.1:1"


def test_nobody_makes_anything_new(s):
    for role in ROLES:
        refused(s, role, "CREATE SCHEMA mine")
        refused(s, role, "CREATE TABLE public.mine (x int)")
        refused(s, role, "CREATE ROLE mine")
        refused(s, role, "CREATE DATABASE mine")
        refused(s, role, "SET ROLE duban_owner")
        refused(s, role, "SELECT pg_read_file ('postgresql.conf')")
        refused(s, role, "COPY (SELECT 1) TO PROGRAM 'true'")


def test_only_the_test_role_moves_the_clock(s):
    for role in ROLES:
        if role != "duban_test":
            for schema in OWN:
                refused(s, role, f"UPDATE {schema}.clock_offset SET shift = '1 day'")


def test_readers_see_no_title_of_what_is_confidential(s):
    s.start("routing")
    app = s.client("app")
    case = expect(app.submit(submission(title="绝不外传", secrecy="confidential")), "receipt").case_no
    wait_until(lambda: s.one("SELECT count (*) FROM routing.cases WHERE case_no = %s", case))
    connection = s.connect_as("duban_reader")
    with connection.cursor() as cursor:
        cursor.execute("SELECT title, fields FROM api.cases WHERE case_no = %s", (case,))
        assert cursor.fetchone() == ("***", None)
        cursor.execute("SELECT document FROM api.submission WHERE case_no = %s", (case,))
        assert cursor.fetchone() == (None,)
        for view in ("cases", "case_log", "submission", "clock", "notice", "delivery"):
            cursor.execute(f"SELECT * FROM api.{view} WHERE case_no = %s", (case,))
            assert "绝不外传" not in str(cursor.fetchall()), view
    connection.close()


def test_a_password_is_needed(s):
    for role in ROLES:
        try:
            psycopg2.connect(s.postgres.url(s.database, role), password="wrong", connect_timeout=3)
            raise AssertionError(f"{role} came in with a wrong password")
        except psycopg2.OperationalError as error:
            assert "password authentication failed" in str(error)
