"""Between the services: keys from the registry, parcels, and the sealed reporter."""

import hashlib
import json
import struct
import time
import uuid

import zmq

from e2e.client import CONTEXT, submission
from e2e.parcel import parcel_id
from e2e.stage import expect, wait_until
from e2e.world import key_pair

SERVICES = ["intake", "routing"]
HELLO, CREDIT, DATA, ACK, NACK, DRAIN = range(1, 7)


#  A replica of nobody: speaks the services' own protocol
class Impostor:
    def __init__(self, s, service, pair=None, curve=True):
        self.s, self.pair, self.id = s, pair or key_pair(), uuid.uuid4()
        endpoint, key = s.rows("SELECT endpoint, public_key FROM bus.live WHERE service = %s", service)[0]
        self.socket = CONTEXT.socket(zmq.DEALER)
        self.socket.set(zmq.LINGER, 0)
        if curve:
            self.socket.curve_publickey, self.socket.curve_secretkey = self.pair
            self.socket.curve_serverkey = key.encode()
        self.socket.connect(endpoint)

    def register(self, role):
        connection = self.s.connect_as(role)
        with connection.cursor() as cursor:
            cursor.execute("SELECT bus.announce (%s, 'tcp://127.0.0.1:1', %s, 'x', interval '30 seconds')",
                           (str(self.id), self.pair[0].decode()))
        connection.close()

    def send(self, kind, id_=None, *body):
        header = struct.pack(">BB16sQI", 1, kind, uuid.UUID(str(id_ or self.id)).bytes, 0, 0)
        try:
            self.socket.send_multipart([header, *body], zmq.DONTWAIT)
        except zmq.Again:
            pass

    #  (kind, id) of the next frame; None for silence
    def hear(self, timeout=1.0):
        if not self.socket.poll(int(timeout * 1000)):
            return None
        _, kind, id_, _, _ = struct.unpack(">BB16sQI", self.socket.recv())
        return kind, str(uuid.UUID(bytes=id_))

    def close(self):
        self.socket.close(0)


def forged(number):
    return json.dumps([{"kind": "submission", "id": "forged", "case": number, "number": f"JM-2026-{number}-0",
                        "procedure": "suggestion", "case_kind": "suggestion", "title": "t", "area": None,
                        "excerpt": "e", "urgent": False, "secrecy": 1, "source": "app", "actor": None,
                        "occurred_at": 1, "recorded_at": 1, "cause": "app/forged", "trace": None}]).encode()


def test_a_replica_with_an_unknown_key_gets_nothing(s):
    for curve in (True, False):
        impostor = Impostor(s, "routing", curve=curve)
        for _ in range(3):
            impostor.send(HELLO)
            impostor.send(DATA, parcel_id(), forged(800001))
            assert impostor.hear(0.5) is None
        impostor.close()
    assert s.one("SELECT count (*) FROM routing.cases WHERE case_no = 800001") == 0


def test_a_key_of_the_door_does_not_open_the_inside(s):
    impostor = Impostor(s, "routing", pair=s.world.pairs["console"])
    impostor.send(HELLO)
    impostor.send(DATA, parcel_id(), forged(800002))
    assert impostor.hear(1.0) is None
    impostor.close()


def test_a_key_of_the_inside_does_not_open_the_door(s):
    pair = key_pair()
    impostor = Impostor(s, "routing", pair)
    impostor.register("duban_notify")
    client = s.client("app", pair=pair)
    assert not client.throw_soon(b"{}", timeout=1.5) or client.hear(0.5) is None
    impostor.close()


def test_a_registered_replica_is_who_its_database_role_says(s):
    impostor = Impostor(s, "routing")
    impostor.register("duban_watchdog")
    wait_until(lambda: (impostor.send(HELLO), impostor.hear(0.3))[1], 8, "routing greets back")
    parcel = parcel_id()
    impostor.send(DATA, parcel, json.dumps([{"kind": "rung", "case": 1, "clock": "x", "rung": "y", "level": "red",
                                             "due_at": 1, "fired_at": 1}]).encode())
    wait_until(lambda: impostor.hear(2) == (ACK, parcel), 10, "acknowledged")
    assert s.rows("SELECT src FROM routing.inbox WHERE parcel_id = %s", parcel) == [("watchdog",)]
    impostor.send(DATA, parcel, json.dumps([{"kind": "rung", "case": 2}]).encode())
    wait_until(lambda: impostor.hear(2) == (ACK, parcel), 10, "acknowledged again, applied once")
    assert s.rows("SELECT copies FROM routing.inbox WHERE parcel_id = %s", parcel) == [(2,)]
    impostor.close()


def test_bytes_that_are_no_frame_are_ignored_and_service_goes_on(s):
    impostor = Impostor(s, "routing")
    impostor.register("duban_notify")
    wait_until(lambda: (impostor.send(HELLO), impostor.hear(0.3))[1], 8)
    header = struct.pack(">BB16sQI", 1, DATA, uuid.UUID(parcel_id()).bytes, 0, 0)
    for frames in ([b""], [b"x"], [b"\x01" * 29], [b"\x02" + header[1:], b"[]"], [header], [header, b"", b"", b""],
                   [header, b"{"], [header, b"{}"], [header, b"[1]"], [header, b"[{}]"],
                   [header, b'[{"kind":"rung"}]'], [header, b"\xff"], [b"\x01\x09" + header[2:]], [header] * 30):
        impostor.socket.send_multipart(frames)
    receipt = expect(s.client("app").submit(), "receipt")
    wait_until(lambda: s.one("SELECT count (*) FROM routing.cases WHERE case_no = %s", receipt.case_no), 10)
    impostor.close()


def test_a_replica_that_retires_or_lapses_is_out(s):
    impostor = Impostor(s, "routing")
    impostor.register("duban_notify")
    wait_until(lambda: (impostor.send(HELLO), impostor.hear(0.3))[1], 8)
    s.sql("DELETE FROM bus.replica WHERE replica_id = %s", str(impostor.id))
    time.sleep(2.5)                 # every replica has read the registry again
    again = Impostor(s, "routing", impostor.pair)
    for _ in range(3):
        again.send(HELLO)
        assert again.hear(0.4) is None, "a lapsed key was greeted"
    impostor.close()
    again.close()


def test_the_reporter_is_cut_out_and_the_original_can_be_proved(s):
    app = s.client("app")
    reporter = {"name": "某某", "phone": "13800000000", "anonymous": True}
    event = app.event("submission", submission(title="封存", reporter=reporter))
    original = json.dumps(event, ensure_ascii=False, indent=2).encode()
    receipt = expect(app.says(original), "receipt")
    document, sha256, position, cut = s.rows(
        "SELECT document, sha256, position, cut FROM intake.submission JOIN intake.sealed_reporter "
        "USING (submission_id) WHERE case_no = %s", receipt.case_no)[0]
    document, cut = bytes(document), bytes(cut)
    assert b"13800000000" not in document and "某某".encode() not in document
    assert json.loads(document)["data"]["reporter"] is None
    assert document[position:position + 4] == b"null"
    assert document[:position] + cut + document[position + 4:] == original
    assert hashlib.sha256(original).digest() == bytes(sha256)


def test_the_reporter_leaves_no_trace_anywhere_else(s):
    app = s.client("app")
    name = "无迹可寻者"
    receipt = expect(app.submit(submission(reporter={"name": name, "phone": "13911112222"})), "receipt")
    wait_until(lambda: s.one("SELECT count (*) FROM routing.cases WHERE case_no = %s", receipt.case_no))
    for schema, table, column in s.rows(
            "SELECT table_schema, table_name, column_name FROM information_schema.columns WHERE table_schema IN "
            "('intake', 'routing', 'watchdog', 'notify') AND data_type IN ('text', 'bytea') "
            "AND table_name <> 'sealed_reporter' AND table_name NOT LIKE 'inbox_%%'"):
        found = s.one(f"SELECT count (*) FROM {schema}.{table} WHERE position (%s::bytea IN {column}::bytea) > 0"
                      if s.one("SELECT data_type FROM information_schema.columns WHERE table_schema = %s AND "
                               "table_name = %s AND column_name = %s", schema, table, column) == "bytea"
                      else f"SELECT count (*) FROM {schema}.{table} WHERE convert_to ({column}, 'UTF8') LIKE "
                           "'%%' || %s::bytea || '%%'::bytea", name.encode())
        assert not found, f"{schema}.{table}.{column}"
    assert all(name not in process.text() for process in s.processes)


def test_the_log_is_made_of_canonical_bytes(s):
    receipt = expect(s.client("app").submit(person="supervisor.an"), "receipt")
    row = wait_until(lambda: s.rows("SELECT convert_from (canonical, 'UTF8'), state, actor, spoke, cause FROM "
                                    "routing.case_log WHERE case_no = %s", receipt.case_no))[0]
    entry = json.loads(row[0])
    assert row[0] == json.dumps(entry, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    assert (entry["state"], entry["actor"], entry["source"], entry["cause"]) == row[1:]


def test_a_trace_goes_all_the_way(s):
    app = s.client("app")
    trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    receipt = expect(app.submit(attributes={"traceparent": trace}), "receipt")
    logged = wait_until(lambda: s.one("SELECT traceparent FROM routing.case_log WHERE case_no = %s", receipt.case_no))
    assert logged.split("-")[1] == trace.split("-")[1]
    event = app.find(lambda e: e.type == "case.changed" and e["case"] == receipt.case)
    assert event.event["traceparent"].split("-")[1] == trace.split("-")[1]
