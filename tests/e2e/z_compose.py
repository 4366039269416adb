"""The stack in containers: built, scaled, one replica killed, nothing lost. Where a Docker engine answers."""

import os
import shutil
import subprocess
import threading
import time

from e2e.client import Client, submission
from e2e.stage import expect, free_port, wait_until
from e2e.world import ROOT, key_pair

PROJECT = "duban-test"
SUBMISSIONS = 300
SERVICES_OF_STACK = ["intake", "routing", "watchdog", "notify"]


class Skip(Exception):
    """This dialogue cannot be played here."""


def run(*command, timeout=60, environment=None):
    return subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True, timeout=timeout, env={**os.environ, **(environment or {})})


def compose_command():
    if not shutil.which("docker") or run("docker", "info", timeout=20).returncode:
        raise Skip("no Docker engine answers")
    for command in (["docker-compose"], ["docker", "compose"]):
        if shutil.which(command[0]) and run(*command, "version").returncode == 0:
            return command
    raise Skip("neither docker-compose nor docker compose is installed")


class Stack:
    def __init__(self):
        self.command = [*compose_command(), "-p", PROJECT]
        self.port, self.database = free_port(), None
        self.environment = {"DUBAN_DOOR_PORT": f"127.0.0.1:{self.port}", "DUBAN_TAG": "test",
                            "COMPOSE_FILE": "docker-compose.yml"}

    def compose(self, *arguments, timeout=120):
        done = run(*self.command, *arguments, timeout=timeout, environment=self.environment)
        assert done.returncode == 0, f"compose {' '.join(arguments)}: {done.stdout[-2000:]}{done.stderr[-2000:]}"
        return done.stdout

    def dubanctl(self, *arguments):
        return self.compose("run", "--rm", "-T", "dubanctl", *arguments)

    def door_key(self):
        return self.compose("run", "--rm", "-T", "--entrypoint", "cat", "dubanctl", "/run/secrets/door.key.pub").strip()

    def containers(self, service):
        return self.compose("ps", "-q", service).split()

    #  One number of the database, asked inside its container
    def one(self, query):
        script = 'PGPASSWORD=$(cat /run/secrets/postgres) exec psql -U postgres -d duban -AtX -c "$0"'
        self.database = self.database or self.containers("postgres")[0]
        done = run("docker", "exec", self.database, "bash", "-c", script, query)
        assert done.returncode == 0, done.stderr
        return int(done.stdout)

    def replicas(self, service):
        return self.one(f"SELECT count (*) FROM bus.live WHERE service = '{service}'")

    def owed(self):
        return self.one("SELECT " + " + ".join(f"(SELECT count (*) FROM {service}.outbox)"
                                               for service in SERVICES_OF_STACK))

    def down(self):
        run(*self.command, "down", "-v", "--remove-orphans", "-t", "10", timeout=120, environment=self.environment)


def client_from_outside(stack):
    public, secret = key_pair()
    stack.dubanctl("key", "grant", public.decode(), "--source", "app", "--for", "*")
    return Client("app", [f"tcp://127.0.0.1:{stack.port}"], stack.door_key().encode(), (public, secret))


#  Nobody is root, nobody can write to the image or gain a privilege, and only the door is open to the outside
def check_walls(stack):
    form = "{{.Config.User}} {{.HostConfig.ReadonlyRootfs}} {{.HostConfig.CapDrop}} {{.HostConfig.SecurityOpt}}"
    users = {"postgres": "10002:10002"}
    for service in [*SERVICES_OF_STACK, "door", "postgres"]:
        container = stack.containers(service)[0]
        got = run("docker", "inspect", "-f", form, container).stdout.strip()
        assert got == f"{users.get(service, '10001:10001')} true [ALL] [no-new-privileges:true]", f"{service}: {got}"
        ports = run("docker", "port", container).stdout.split()
        assert bool(ports) == (service == "door"), f"{service} publishes {ports}"


#  A case with its clock; its submitter reads the acknowledgement in the feed
def check_a_case(stack, app):
    reply = expect(app.submit(title="商场安全出口上锁", person="supervisor.an", timeout=60), "receipt")
    told = app.find(lambda event: event.type == "notice" and event["case"] == reply.case, timeout=20)
    assert told["template"] == "acknowledged" and reply.case in told["text"], told
    wait_until(lambda: stack.one(f"SELECT count (*) FROM watchdog.clock WHERE case_no = {reply.case_no} AND running "
                                 "AND name = 'acceptance' AND due_date IS NOT NULL") == 1, 20, "the case has its clock")
    assert reply.case in stack.dubanctl("show", reply.case)


#  Ten at a time, at a human pace, until there are enough before and after the kill
class Sender(threading.Thread):
    def __init__(self, app):
        super().__init__(daemon=True)
        self.app, self.failed, self.killed_at = app, None, None

    def is_enough(self):
        sent = len(self.app.answered)
        return sent >= SUBMISSIONS and self.killed_at is not None and sent >= self.killed_at + SUBMISSIONS / 3

    def run(self):
        try:
            while not self.is_enough():
                self.app.ask_all([self.app.event("submission", submission()) for _ in range(10)], timeout=60)
                time.sleep(0.05)
        except Exception as error:      # noqa: BLE001 - the main thread reports it
            self.failed = error


#  One replica of routing dies in the middle of the submissions
def submit_while_killing(stack, app):
    victim = stack.containers("routing")[1]
    sender = Sender(app)
    sender.start()
    wait_until(lambda: len(app.answered) > SUBMISSIONS / 3 or sender.failed, 60, "a third is acknowledged")
    killed = run("docker", "kill", victim)
    sender.killed_at = len(app.answered)
    sender.join()
    assert not sender.failed, sender.failed
    assert killed.returncode == 0, killed.stderr


#  Read from outside: the cases of which the submitter was told, as often as it was told
def told_cases(app):
    while app.catch_up():
        pass
    return [event["case"] for event in app.seen if event.type == "notice" and event["template"] == "acknowledged"]


def check_nothing_lost(stack, app):
    acknowledged = {reply.case for reply in app.answered.values()}
    assert len(acknowledged) == len(app.answered) >= SUBMISSIONS, "a case number was given twice"
    wait_until(lambda: set(told_cases(app)) >= acknowledged, 60, "everybody who has a receipt is told")
    wait_until(lambda: stack.owed() == 0, 60, "every outbox is empty")
    told = told_cases(app)
    assert sorted(told) == sorted(acknowledged), f"{len(told)} first notices, {len(acknowledged)} acknowledged"
    for what in ("intake.submission", "routing.cases", "watchdog.clock WHERE name = 'acceptance'",
                 "notify.notice WHERE template = 'acknowledged'"):
        count = stack.one(f"SELECT count (*) FROM {what}")
        assert count == len(acknowledged), f"{count} rows of {what}, {len(acknowledged)} acknowledged"


def check_stopping(stack):
    living = [container for service in SERVICES_OF_STACK for container in stack.containers(service)
              if run("docker", "inspect", "-f", "{{.State.Running}}", container).stdout.strip() == "true"]
    assert len(living) == 6, f"{len(living)} containers of services run, not 2 + 2 + 1 + 1"
    stack.compose("stop", "-t", "15", *SERVICES_OF_STACK)
    codes = [run("docker", "inspect", "-f", "{{.State.ExitCode}}", container).stdout.strip() for container in living]
    assert codes == ["0"] * 6, f"exit codes after SIGTERM: {codes}"


def test_three_replicas_of_routing_and_one_of_them_killed_lose_nothing(s):
    stack = Stack()
    stack.down()
    try:
        stack.compose("build", timeout=480)
        stack.compose("up", "-d")
        check_walls(stack)
        app = client_from_outside(stack)
        check_a_case(stack, app)
        stack.compose("up", "-d", "--scale", "routing=3", "--scale", "intake=2")
        wait_until(lambda: stack.replicas("routing") == 3 and stack.replicas("intake") == 2, 60, "5 replicas are live")
        submit_while_killing(stack, app)
        check_nothing_lost(stack, app)
        check_stopping(stack)
        app.close()
    except BaseException:
        print(run(*stack.command, "logs", "--no-color", "--tail", "15", environment=stack.environment).stdout[-12000:])
        raise
    finally:
        stack.down()


test_three_replicas_of_routing_and_one_of_them_killed_lose_nothing.limit = 600
