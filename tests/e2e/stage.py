#  stage - where a dialogue is played: one database, real processes, clients
#
#      start       services, until they are ready            kill        one of them, with -9
#      client      somebody who speaks at the door           stop        one of them, as asked
#      expect      what a reply must be                      wait_until  something is true
#      rows, one   what the database says                    clock       what time it is
#
#  At the end everything is stopped; whatever no service may ever say or do is an error of the test.

import datetime
import os
import random
import socket
import time

import psycopg2

from e2e.client import Client, Journal, Reply, submission   # noqa: F401 (the tests' vocabulary)
from e2e.process import Process
from e2e.world import ROOT, TEMPLATE, sanitizer_environment

SCHEMAS = ["intake", "routing", "watchdog", "notify"]
CHINA = datetime.timezone(datetime.timedelta(hours=8))


#  Below the ephemeral ports: a client that retries one of those may connect to itself
def free_port():
    while True:
        port = random.randint(20000, 31999)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                pass


def wait_until(true, timeout=10.0, what=None):
    end = time.monotonic() + timeout
    while True:
        value = true()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"not within {timeout} s: {what or 'what was waited for'}")
        time.sleep(0.02)


#  expect (reply, "problem", "invalid", pointer="/data/title"); expect (reply, "receipt", case=…)
def expect(reply, type_, slug=None, pointer=None, **data):
    assert reply is not None, f"expected {type_}, heard nothing"
    assert reply.type == type_, f"expected {type_}, got {reply}"
    problem = reply.data.get("problem", reply.data)
    if slug:
        got = problem.get("type", "").rsplit(":", 1)[-1]
        assert got == slug, f"expected problem {slug}, got {reply}"
    if pointer is not None:
        pointers = [error["pointer"] for error in problem.get("errors", [])]
        assert pointer in pointers, f"expected pointer {pointer}, got {pointers} in {reply}"
    for name, value in data.items():
        assert reply.data.get(name) == value, f"expected {name}={value!r}, got {reply}"
    return reply


class Stage:
    def __init__(self, world, name="stage"):
        self.world, self.postgres = world, world.postgres
        self.database = f"t{next(world.numbers)}_{name}"[:60].lower()
        self.folder = f"{world.folder}/{self.database}"
        os.mkdir(self.folder)
        self.postgres.copy(TEMPLATE, self.database)
        self.processes, self.clients = [], []
        self.settings = {}              # service -> more environment
        self.doors = []                 # ports of the intakes, kept over restarts
        self.expected = []              # words of error lines that this test provokes
        self.dirty_exits = set()        # names of processes that may end in another way than 0
        self.connection = None
        self.smtp_port = None

    #  --- services

    def _environment(self, service, number):
        url = self.postgres.url(self.database, f"duban_{service}")
        environment = {"PATH": os.environ["PATH"], "DUBAN_DB_URL": url, "DUBAN_LOG_LEVEL": "info",
                       "DUBAN_DB_PASSWORD": self.postgres.passwords[f"duban_{service}"],
                       **sanitizer_environment()}
        if service == "intake":
            while len(self.doors) < number:
                self.doors.append(free_port())
            environment.update(DUBAN_DOOR=f"tcp://127.0.0.1:{self.doors[number - 1]}",
                               DUBAN_DOOR_KEY_FILE=self.world.door_key_file)
        if service == "notify":
            environment.update(DUBAN_SMTP_URL=f"smtp://127.0.0.1:{self.smtp_port}" if self.smtp_port else "")
        environment.update(self.settings.get(service, {}))
        return environment

    #  start ("intake", "routing", routing=2): returns the new processes once they are ready
    def start(self, *services, wait=True, timeout=20.0, **replicas):
        new = []
        for service in dict.fromkeys([*services, *replicas]):
            for _ in range(replicas.get(service, 1)):
                new.append(self._launch(service))
        if wait:
            for process in new:
                self.wait_ready(process, timeout)
        return new if len(new) != 1 else new[0]

    def _launch(self, service):
        taken = {p.name for p in self.processes if p.is_alive()}
        number = next(n for n in range(1, 100) if f"{service}-{n}" not in taken)
        name = f"{service}-{number}"
        log = f"{self.folder}/{name}.{len(self.processes)}.log"
        process = Process(name, f"{self.world.build}/{service}", self._environment(service, number), log, ROOT)
        self.processes.append(process)
        return process

    def wait_ready(self, process, timeout=20.0):
        def ready():
            assert process.is_alive(), f"{process.name} ended while starting:\n{process.text()[-2000:]}"
            return process.is_ready()
        wait_until(ready, timeout, f"{process.name} is ready (/readyz says: "
                                   f"{process.get('/readyz') if process.is_announced() else 'not announced'})")

    #  The n-th living replica of a service
    def service(self, name, number=1):
        for process in self.processes:
            if process.name == f"{name}-{number}" and process.is_alive():
                return process
        raise AssertionError(f"no {name}-{number} is running")

    def kill(self, name, number=1):
        self.service(name, number).kill()

    def stop(self, name, number=1, timeout=10.0):
        process = self.service(name, number)
        status = process.stop(timeout)
        assert status == 0, f"{process.name} exited with {status} ({process.took:.1f} s):\n{process.text()[-2000:]}"
        return process

    #  --- clients

    def endpoints(self):
        return [f"tcp://127.0.0.1:{port}" for port in self.doors] or [self._first_door()]

    def _first_door(self):
        self.doors.append(free_port())
        return f"tcp://127.0.0.1:{self.doors[0]}"

    def client(self, name="app", **options):
        options.setdefault("pair", self.world.pairs.get(name))
        options.setdefault("source", name)
        options.setdefault("endpoints", self.endpoints())
        client = Client(server_key=self.world.door[0], **options)
        self.clients.append(client)
        return client

    def grant(self, public, source, *more, code=0):
        return self.ctl("key", "grant", public.decode(), "--source", source, *more, code=code)

    #  --- the database

    def sql(self, query, *values):
        for attempt in (1, 2):
            try:
                if self.connection is None:
                    self.connection = self.postgres.connect(self.database)
                with self.connection.cursor() as cursor:
                    cursor.execute(query, values or None)
                    return cursor.fetchall() if cursor.description else cursor.rowcount
            except (psycopg2.OperationalError, psycopg2.InterfaceError):
                self.connection = None
                if attempt == 2:
                    raise

    rows = sql

    def one(self, query, *values):
        found = self.sql(query, *values)
        return found[0][0] if found else None

    def connect_as(self, role):
        return self.postgres.connect(self.database, role)

    #  Parcels owed to services that run
    def owed(self):
        running = list({p.name.rsplit("-", 1)[0] for p in self.processes if p.is_alive()})
        each = " UNION ALL ".join(f"SELECT '{schema}' AS owes, target FROM {schema}.outbox" for schema in SCHEMAS)
        return self.rows(f"SELECT owes, target, count (*) FROM ({each}) o WHERE target = ANY (%s) GROUP BY 1, 2",
                         running)

    def drained(self, timeout=20.0):
        wait_until(lambda: not self.owed(), timeout, "every outbox is empty")

    #  --- time: business time only; leases and timers run on

    def clock(self, moment):
        if isinstance(moment, str):
            moment = datetime.datetime.fromisoformat(moment)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=CHINA)
        connection = self.connect_as("duban_test")
        with connection.cursor() as cursor:
            for schema in SCHEMAS:
                cursor.execute(f"UPDATE {schema}.clock_offset SET shift = %s - clock_timestamp ()", (moment,))
        connection.close()
        self.expected.append("no watchdog has beaten")      # the last beat is days old, for a second

    #  --- dubanctl

    def ctl(self, *arguments, code=0, key="console", stdin="", timeout=120, more=None):
        settings = {"DUBAN_DOOR": ",".join(self.endpoints()), "DUBAN_KEY_FILE": self.world.key_files[key],
                    "DUBAN_SOURCE": key, **(more or {})}
        return self.world.dubanctl(self.database, *arguments, code=code, more=settings, stdin=stdin, timeout=timeout)

    #  --- the end

    #  What must hold after every dialogue: what was acknowledged is there
    def check_acknowledged(self):
        for client in self.clients:
            for id_, receipt in client.answered.items():
                found = self.one("SELECT case_no FROM intake.submission WHERE source = %s AND event_id = %s",
                                 client.source, id_)
                assert found == receipt.case_no, f"acknowledged {client.source}/{id_} as {receipt.case_no}, stored {found}"

    #  A stage without a watchdog hears intake's alarm about that after a while
    def _without_watchdog(self):
        return [] if any("watchdog" in p.name for p in self.processes) else ["no watchdog has beaten"]

    def check_logs(self):
        wrong = []
        for process in self.processes:
            if not process.is_alive() and not process.killed and process.name not in self.dirty_exits and \
                    process.process.returncode != 0:
                wrong.append(f"{process.name}: exited with {process.process.returncode}")
                self.dirty_exits.add(process.name)
            wrong += process.complaints(self.expected + self._without_watchdog())
        assert not wrong, "\n".join(wrong[:10])

    #  Between two tests that share a stage
    def settle(self):
        self.check_acknowledged()
        self.check_logs()
        for client in self.clients:
            client.close()
        self.clients = []

    #  What the services had to say: warnings, errors, and anything that is not a log line
    def transcript(self):
        tail = []
        for process in self.processes:
            lines = [line for line in process.lines() if line["level"] in ("warn", "error", "raw")][-6:]
            tail += [f"      {process.name}: " + " ".join(f"{name}={value}" for name, value in line.items()
                                                          if name not in ("service", "replica"))[:400] for line in lines]
        return "\n".join(tail + [f"      logs: {self.folder}"])

    def finish(self):
        try:
            for process in self.processes:
                if process.is_alive():
                    process.terminate()
            slow = [p.name for p in self.processes if not p.killed and p.wait(10) is None]
            assert not slow, f"did not stop within 10 s: {slow}"
            self.check_logs()
        finally:
            self.discard()

    def discard(self):
        for process in self.processes:
            if process.is_alive():
                process.kill()
        for client in self.clients:
            client.close()
        if self.connection is not None:
            self.connection.close()
            self.connection = None
        if not self.postgres.keep:
            self.postgres.drop(self.database)
