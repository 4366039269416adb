"""Faults: killed, frozen, restarted, poisoned, and nothing is lost."""

import json
import os
import signal
import threading
import time

from e2e.client import submission
from e2e.parcel import leave_parcel
from e2e.stage import expect, wait_until


#  COMMIT hangs, waiting for a standby that does not exist, until let_commit
def hold_commit(s):
    s.postgres.execute("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
    s.postgres.execute("SELECT pg_reload_conf ()")
    time.sleep(0.2)


def let_commit(s):
    s.postgres.execute("ALTER SYSTEM RESET synchronous_standby_names")
    s.postgres.execute("SELECT pg_reload_conf ()")


def commits_hang(s, role):
    return s.one("SELECT count (*) FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND usename = %s "
                 "AND datname = current_database ()", role)


#  Kills a service whose transaction is committed, but which does not know it yet
def kill_between_commit_and_answer(s, service):
    try:
        wait_until(lambda: commits_hang(s, f"duban_{service}"), 10, f"a COMMIT of {service} hangs")
        s.kill(service)
    finally:
        let_commit(s)
    wait_until(lambda: not commits_hang(s, f"duban_{service}"))
    s.start(service)


def test_intake_killed_between_commit_and_answer(s):
    s.start("intake", "routing")
    app = s.client("app")
    event = app.event("submission", submission(title="提交后被杀"))
    expect(app.submit(), "receipt")
    s.drained()
    hold_commit(s)
    app.tell(event)
    kill_between_commit_and_answer(s, "intake")
    receipt = expect(app.ask(event), "receipt")
    assert s.rows("SELECT case_no FROM intake.submission WHERE event_id = %s", event["id"]) == [(receipt.case_no,)]
    wait_until(lambda: s.one("SELECT count (*) FROM routing.cases WHERE case_no = %s", receipt.case_no) == 1)


def once(s, receipt):
    wait_until(lambda: s.one("SELECT count (*) FROM notify.notice WHERE case_no = %s", receipt.case_no) == 1, 20)
    s.drained(30)
    number = receipt.case_no
    assert s.one("SELECT count (*) FROM routing.case_log WHERE case_no = %s AND event = 'opened'", number) == 1
    assert s.one("SELECT count (*) FROM watchdog.clock WHERE case_no = %s", number) == 1
    assert s.one("SELECT count (*) FROM notify.notice WHERE case_no = %s AND template = 'acknowledged'", number) == 1


def test_routing_killed_between_commit_and_acknowledgement(s):
    s.start("intake", "watchdog", "notify", "routing")
    app = s.client("app")
    expect(app.submit(), "receipt")
    s.drained()
    s.service("routing").signal(signal.SIGSTOP)
    receipt = expect(app.submit(person="supervisor.an"), "receipt")
    hold_commit(s)
    s.service("routing").signal(signal.SIGCONT)
    kill_between_commit_and_answer(s, "routing")
    once(s, receipt)


def test_watchdog_killed_between_commit_and_acknowledgement(s):
    s.start("intake", "watchdog", "notify", "routing")
    app = s.client("app")
    s.service("watchdog").signal(signal.SIGSTOP)
    receipt = expect(app.submit(person="supervisor.an"), "receipt")
    wait_until(lambda: s.one("SELECT count (*) FROM routing.cases") == 1)
    hold_commit(s)
    s.service("watchdog").signal(signal.SIGCONT)
    kill_between_commit_and_answer(s, "watchdog")
    once(s, receipt)


def test_notify_killed_between_commit_and_acknowledgement(s):
    s.start("intake", "watchdog", "notify", "routing")
    app = s.client("app")
    s.service("notify").signal(signal.SIGSTOP)
    receipt = expect(app.submit(person="supervisor.an"), "receipt")
    wait_until(lambda: s.one("SELECT count (*) FROM routing.cases") == 1)
    hold_commit(s)
    s.service("notify").signal(signal.SIGCONT)
    kill_between_commit_and_answer(s, "notify")
    once(s, receipt)


#  Submits from a thread until told to stop; returns (client, stop)
def load(s, source="flood"):
    client, over = s.client(source), threading.Event()

    def run():
        while not over.is_set():
            events = [client.event("submission", submission(title="负载")) for _ in range(50)]
            client.ask_all(events, window=50)
            time.sleep(0.05)
    thread = threading.Thread(target=run)
    thread.start()

    def stop():
        over.set()
        thread.join(60)
        assert not thread.is_alive(), "the client was never answered"
    return client, stop


def all_there(s, client):
    stored = s.one("SELECT count (*) FROM intake.submission")
    assert stored == len(client.answered), f"acknowledged {len(client.answered)}, stored {stored}"
    wait_until(lambda: s.one("SELECT count (*) FROM routing.cases") == stored, 30, "every case is opened")
    s.drained(30)


def test_sigterm_under_load_acknowledged_is_committed(s):
    s.start("intake", "routing")
    client = s.client("flood")
    events = [client.event("submission", submission(title=f"停机 {n}")) for n in range(3000)]
    process = s.service("intake")
    unsent, sent = iter(events), 0
    began = time.monotonic()
    while process.is_alive() and time.monotonic() - began < 15:
        if sent - len(client.answered) < 200 and process.is_alive():
            event = next(unsent, None)
            sent += 1 if event and client.tell(event) else 0
        while client.socket.poll(0):
            client.note(client.hear())
        if sent == 700:
            process.signal(signal.SIGTERM)
            sent += 1
    while client.socket.poll(200):
        client.note(client.hear())
    assert process.wait(0.1) == 0, process.wait(0.1)
    stored = s.one("SELECT count (*) FROM intake.submission")
    assert stored == len(client.answered) > 100, f"acknowledged {len(client.answered)}, stored {stored}"


def test_every_service_stops_at_once_when_idle_and_within_ten_seconds_under_load(s):
    s.start("intake", "routing", "watchdog", "notify")
    client, stop = load(s)
    time.sleep(1)
    for service in ("notify", "watchdog", "routing"):
        process = s.stop(service)
        assert process.said("drained"), f"{service} gave up waiting"
        s.start(service)
    stop()
    all_there(s, client)


def test_postgresql_restarted_fast_under_load(s):
    restarted(s, "fast")


def test_postgresql_restarted_at_once_under_load(s):
    restarted(s, "immediate")


def restarted(s, mode):
    s.start(intake=1, routing=2)
    client, stop = load(s)
    time.sleep(1)
    before = len(client.answered)
    s.postgres.restart(mode, away=0.5)
    s.connection = None
    wait_until(lambda: len(client.answered) > before + 100, 20, "the door answers again")
    stop()
    all_there(s, client)


def test_while_postgresql_is_frozen_the_door_says_busy_and_lives(s):
    s.start("intake", "routing")
    app = s.client("app")
    expect(app.submit(), "receipt")
    held = app.event("submission", submission(title="冻结期间"))
    s.postgres.freeze()
    try:
        app.tell(held)
        assert s.service("intake").get("/livez")[0] == 200
        wait_until(lambda: s.service("intake").get("/readyz")[0] == 503, 20, "intake says that it is not ready")
        busy = s.client("app")
        expect(busy.submit(once=True), "problem", "busy", retryable=True)
        assert s.service("intake").get("/livez")[0] == 200
    finally:
        s.postgres.thaw()
    receipt = expect(app.ask(held), "receipt")
    wait_until(lambda: s.one("SELECT count (*) FROM routing.cases WHERE case_no = %s", receipt.case_no) == 1, 20)
    assert s.one("SELECT count (*) FROM intake.submission WHERE event_id = %s", held["id"]) == 1


def test_a_client_that_never_reads_holds_up_nobody(s):
    s.start("intake", "routing")
    deaf, app = s.client("flood", rcvhwm=1), s.client("app")
    size = os.sysconf("SC_PAGE_SIZE")

    def memory():
        with open(f"/proc/{s.service('intake').pid}/statm") as file:
            return int(file.read().split()[1]) * size
    event = json.dumps(deaf.event("feed.read", {"after": 0, "limit": 200})).encode()
    worst = 0.0
    for number in range(20000):
        deaf.throw(event)
        if number % 1000 == 0:
            began = time.monotonic()
            expect(app.submit(), "receipt")
            worst = max(worst, time.monotonic() - began)
    assert worst < 2, f"a neighbour waited {worst:.1f} s"
    assert memory() < 256 << 20, f"intake has grown to {memory() >> 20} MiB"


def test_services_may_start_before_their_database_and_their_peers(s):
    s.postgres.stop()
    s.connection = None
    late = s.start("routing", "intake", wait=False)
    time.sleep(1)
    assert all(process.is_alive() for process in late)
    s.postgres.start()
    for process in late:
        s.wait_ready(process)
    receipt = expect(s.client("app").submit(person="supervisor.an"), "receipt")
    s.start("notify")
    wait_until(lambda: s.one("SELECT count (*) FROM notify.notice WHERE case_no = %s", receipt.case_no) == 1, 15)
    s.start("watchdog")
    wait_until(lambda: s.one("SELECT count (*) FROM watchdog.clock WHERE case_no = %s", receipt.case_no) == 1, 15)


def opening(number, text):
    now = int(time.time() * 1e6)
    return {"kind": "submission", "id": f"hand-{number}", "case": number, "number": text, "procedure": "suggestion",
            "case_kind": "suggestion", "title": "t", "area": None, "excerpt": "e", "urgent": False, "secrecy": 1,
            "source": "app", "actor": None, "occurred_at": now, "recorded_at": now, "cause": f"app/hand-{number}",
            "trace": None}


def test_a_poisoned_message_dies_alone(s):
    s.start("intake", "routing")
    s.expected = ["an item can never be stored"]
    taken = expect(s.client("app").submit(), "receipt").case
    s.drained()
    leave_parcel(s, "routing", opening(900001, "JM-2026-900001-1"), opening(900002, taken),
                 opening(900003, "JM-2026-900003-3"))
    wait_until(lambda: s.one("SELECT count (*) FROM routing.cases WHERE case_no IN (900001, 900003)") == 2, 20)
    dead = s.rows("SELECT direction, peer, cause, convert_from (body, 'UTF8') FROM routing.dead_letter")
    assert len(dead) == 1 and dead[0][:2] == ("in", "intake") and '"case":900002' in dead[0][3], dead
    s.drained()
    expect(s.client("app").submit(), "receipt")


def test_a_message_that_cannot_be_stored_is_refused_and_its_neighbours_live(s):
    s.start("intake", "routing")
    s.expected = ["an item can never be stored"]
    s.sql("ALTER TABLE intake.submission ADD CONSTRAINT seed CHECK (convert_from (document, 'UTF8') NOT LIKE '%%毒%%')")
    flood = s.client("flood")
    events = [flood.event("submission", submission(title="毒" if n % 10 == 5 else f"好 {n}")) for n in range(100)]
    replies = flood.ask_all(events, window=100)
    bad = [r for r in replies.values() if r.type == "problem"]
    assert len(bad) == 10 and all(r.slug == "unstorable" for r in bad), bad[:1]
    wait_until(lambda: s.one("SELECT count (*) FROM routing.cases") == 90)


def test_a_kind_that_nobody_understands_waits_and_its_neighbours_do_not(s):
    s.start("intake", "routing")
    parcel = leave_parcel(s, "routing", {"kind": "from_the_future", "case": 1})
    wait_until(lambda: s.service("routing").said("not understood: is this replica older than its peer?"), 15)
    receipt = expect(s.client("app").submit(), "receipt")
    wait_until(lambda: s.one("SELECT count (*) FROM routing.cases WHERE case_no = %s", receipt.case_no) == 1)
    assert s.one("SELECT count (*) FROM intake.outbox WHERE parcel_id = %s", parcel) == 1
    assert s.one("SELECT count (*) FROM routing.dead_letter") == 0


def test_a_replica_that_was_frozen_for_long_comes_back_and_does_nothing_twice(s):
    s.start(intake=1, routing=2)
    client, stop = load(s)
    time.sleep(0.5)
    frozen = s.service("routing", 2)
    frozen.signal(signal.SIGSTOP)
    time.sleep(8)                   # its lease has ended, others have taken over
    frozen.signal(signal.SIGCONT)
    time.sleep(1)
    stop()
    all_there(s, client)
    assert s.one("SELECT count (*) FROM routing.case_log WHERE event = 'opened'") == len(client.answered)
