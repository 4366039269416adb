#  process - one service as a real process, its log in a file

import json
import os
import re
import signal
import subprocess
import time
import urllib.request

#  What no log may contain: sanitizer reports, failed assertions, sockets that czmq found open at the end
REPORTS = re.compile(r"(AddressSanitizer|LeakSanitizer|ThreadSanitizer|UndefinedBehaviorSanitizer|runtime error:"
                     r"|dangling|Assertion .* failed|: Assertion|stack smashing)")


class Process:
    every = []                          # of this run, so that nothing outlives it

    def __init__(self, name, binary, environment, log_path, cwd):
        self.name = name
        self.log_path = log_path
        self.checked = 0                # bytes of the log that were judged already
        self.killed = False
        self._admin = self._replica = None
        log = open(log_path, "ab")
        self.process = subprocess.Popen([binary], env=environment, cwd=cwd, stdin=subprocess.DEVNULL,
                                        stdout=log, stderr=subprocess.STDOUT)
        log.close()
        Process.every.append(self)

    @property
    def pid(self):
        return self.process.pid

    def is_alive(self):
        return self.process.poll() is None

    #  --- its log

    def text(self):
        with open(self.log_path, "rb") as file:
            return file.read().decode("utf-8", "replace")

    def lines(self, offset=0):
        with open(self.log_path, "rb") as file:
            file.seek(offset)
            for line in file.read().decode("utf-8", "replace").splitlines():
                try:
                    yield json.loads(line)
                except ValueError:
                    yield {"level": "raw", "msg": line}

    def said(self, message, **fields):
        return [line for line in self.lines() if line.get("msg") == message and
                all(line.get(name) == value for name, value in fields.items())]

    def _read_ready(self):
        for line in self.lines():
            if line.get("msg") == "ready" and line.get("subject") == "service":
                self._admin, self._replica = line["admin"], line["replica"]

    def is_announced(self):
        if not self._admin:
            self._read_ready()
        return self._admin is not None

    @property
    def replica(self):
        self.is_announced()
        return self._replica

    @property
    def admin(self):
        self.is_announced()
        return self._admin

    #  Errors that nobody expected, since the last look
    def complaints(self, expected):
        with open(self.log_path, "rb") as file:
            file.seek(self.checked)
            text = file.read().decode("utf-8", "replace")
        wrong = []
        for line in text.splitlines():
            if REPORTS.search(line) or ('"level":"error"' in line and not any(word in line for word in expected)):
                wrong.append(f"{self.name}: {line[:600]}")
        self.checked = os.path.getsize(self.log_path)
        return wrong

    #  --- its admin port

    def get(self, path, timeout=2):
        try:
            with urllib.request.urlopen(self._admin + path, timeout=timeout) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError as error:
            return 0, str(error)

    def is_ready(self):
        return self.is_announced() and self.get("/readyz")[0] == 200

    #  {'name{labels}': value}
    def metrics(self):
        found = {}
        for line in self.get("/metrics")[1].splitlines():
            if line and not line.startswith("#"):
                name, value = line.rsplit(" ", 1)
                found[name] = float(value)
        return found

    #  --- its end

    def signal(self, number):
        if self.is_alive():
            self.process.send_signal(number)

    def kill(self):
        self.killed = True
        self.signal(signal.SIGKILL)
        self.process.wait()

    def terminate(self):
        self.signal(signal.SIGCONT)
        self.signal(signal.SIGTERM)

    #  Its exit status, or None if it is still running
    def wait(self, timeout=10):
        try:
            return self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            return None

    def stop(self, timeout=10):
        began = time.monotonic()
        self.terminate()
        status = self.wait(timeout)
        self.took = time.monotonic() - began
        if status is None:
            self.process.kill()
            self.process.wait()
        return status
