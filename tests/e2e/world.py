#  world - what all stages of a run share: the build, the cluster, the template database, the keys
#
#  The template is made once, with the real `dubanctl`: migrate, apply, key grant. A stage copies it.

import itertools
import os
import signal
import subprocess
import sys

import zmq

from e2e.postgres import Postgres
from e2e.process import Process

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
TEMPLATE = "duban_template"

#  name of the key: (source, persons it speaks for)
KEYS = {"app": ("app", "*"), "console": ("console", "*"), "hotline": ("hotline", ""), "flood": ("flood", "*"),
        "market": ("market", "*"), "tiny": ("tiny", ""), "chaos-1": ("chaos-1", ""), "chaos-2": ("chaos-2", ""), "chaos-3": ("chaos-3", ""),
        "chaos-4": ("chaos-4", ""), "spare": ("app", "")}


def key_pair():
    while True:         # a name that began with '-' would be taken for an option
        public, secret = zmq.curve_keypair()
        if not public.startswith(b"-"):
            return public, secret


class World:
    numbers = itertools.count(1)

    def __init__(self, variant=None, keep=False):
        self.variant = variant or os.environ.get("DUBAN_BUILD", "release")
        self.build = f"{ROOT}/build/{self.variant}"
        self.postgres = Postgres(keep)
        self.folder = f"{self.postgres.folder}/files"
        os.mkdir(self.folder, 0o755)
        self.door = key_pair()
        self.door_key_file = self._secret("door.key", self.door[1])
        self.pairs = {name: key_pair() for name in KEYS}
        self.key_files = {name: self._secret(f"{name}.key", pair[1]) for name, pair in self.pairs.items()}
        self._make_template()

    def _secret(self, name, secret):
        path = f"{self.folder}/{name}"
        with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
            file.write(secret + b"\n")
        return path

    def _make_template(self):
        self.postgres.execute(f"CREATE DATABASE {TEMPLATE}")
        self.dubanctl(TEMPLATE, "migrate", "--passwords", self.postgres.secrets)
        self.dubanctl(TEMPLATE, "apply", "deploy/sample/directory.json")
        self.dubanctl(TEMPLATE, "apply", "tests/e2e/directory.json")
        for name, (source, persons) in KEYS.items():
            more = ["--for", persons] if persons else []
            self.dubanctl(TEMPLATE, "key", "grant", self.pairs[name][0].decode(), "--source", source, *more)

    #  The settings of dubanctl for one database
    def ctl_environment(self, database):
        urls = {"MIGRATE": "postgres", "OPERATOR": "duban_operator", "READER": "duban_reader"}
        environment = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "DUBAN_HOME": "/nonexistent",
                       "DUBAN_DOOR_PUBLIC": self.door[0].decode(), **sanitizer_environment()}
        for name, user in urls.items():
            environment[f"DUBAN_{name}_URL"] = self.postgres.url(database, user)
            environment[f"DUBAN_{name}_PASSWORD"] = self.postgres.passwords.get(user, self.postgres.password)
        return environment

    #  Runs dubanctl to its end; fails unless it exits with `code`
    def dubanctl(self, database, *arguments, code=0, more=None, stdin="", timeout=120):
        environment = {**self.ctl_environment(database), **(more or {})}
        done = subprocess.run([f"{self.build}/dubanctl", *arguments], env=environment, cwd=ROOT, input=stdin,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=timeout)
        if code is not None and done.returncode != code:
            raise AssertionError(f"dubanctl {' '.join(arguments)} exited with {done.returncode}, not {code}\n"
                                 f"{done.stdout}{done.stderr}")
        return done

    def destroy(self):
        for process in Process.every:
            if process.is_alive():
                process.kill()
        self.postgres.destroy()


#  Asked to stop, a run still clears away behind itself
def stop_cleanly():
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(143))


def sanitizer_environment():
    return {"ASAN_OPTIONS": "detect_leaks=1:abort_on_error=0:exitcode=99", "UBSAN_OPTIONS": "print_stacktrace=1",
            "LSAN_OPTIONS": f"suppressions={ROOT}/tests/e2e/leaks.supp:print_suppressions=0",
            "TSAN_OPTIONS": f"exitcode=99:suppressions={ROOT}/tests/tsan.supp"}
