#  postgres - one private PostgreSQL cluster for a whole run
#
#  initdb in a folder of its own under /tmp, as user postgres when we are root; Unix socket only, scram,
#  checksums and fsync on: what is tested is what runs. Every test gets its own database, a copy of one
#  template that `dubanctl migrate` made.

import glob
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time

import psycopg2

ROLES = ["intake", "routing", "watchdog", "notify", "reader", "operator", "sealed", "test"]

CONF = """
listen_addresses = ''
max_connections = 400
shared_buffers = '128MB'
fsync = on
full_page_writes = on
synchronous_commit = on
password_encryption = 'scram-sha-256'
client_connection_check_interval = '5s'
log_min_messages = warning
max_wal_size = '2GB'
"""


def binary(name):
    found = shutil.which(name) or sorted(glob.glob(f"/usr/lib/postgresql/*/bin/{name}"))[-1]
    return found


class Postgres:
    def __init__(self, keep=False):
        self.keep = keep
        self.folder = tempfile.mkdtemp(prefix="duban-test-", dir="/tmp")
        self.data = f"{self.folder}/data"
        self.secrets = f"{self.folder}/secrets"
        self.password = secrets.token_hex(16)
        self.user = "postgres" if os.getuid() == 0 else None
        os.mkdir(self.secrets)
        self.passwords = {f"duban_{role}": secrets.token_hex(16) for role in ROLES}
        for role, password in self.passwords.items():
            self._write(f"{self.secrets}/{role}", password)
        self._write(f"{self.folder}/superuser", self.password)
        if self.user:
            entry = pwd.getpwnam(self.user)
            os.chown(self.folder, entry.pw_uid, entry.pw_gid)
            os.chown(f"{self.folder}/superuser", entry.pw_uid, entry.pw_gid)
        os.chmod(self.folder, 0o711)
        self._run("initdb", "-D", self.data, "-U", "postgres", "-A", "scram-sha-256", "--data-checksums",
                  "--encoding=UTF8", "--locale=C.UTF-8", f"--pwfile={self.folder}/superuser")
        with open(f"{self.data}/postgresql.conf", "a") as conf:
            conf.write(CONF + f"unix_socket_directories = '{self.folder}'\n")
        self.start()

    @staticmethod
    def _write(path, text):
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(text + "\n")

    def _run(self, name, *arguments):
        done = subprocess.run([binary(name), *arguments], user=self.user, group=self.user, cwd="/",
                              extra_groups=[] if self.user else None, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode:
            raise RuntimeError(f"{name} failed:\n{done.stdout}")

    #  --- life

    def start(self):
        self._run("pg_ctl", "-D", self.data, "-l", f"{self.folder}/postgres.log", "-w", "-t", "60", "start")

    def stop(self, mode="fast"):
        self._run("pg_ctl", "-D", self.data, "-m", mode, "-w", "-t", "60", "stop")

    def restart(self, mode="fast", away=0.0):
        self.stop(mode)
        time.sleep(away)
        self.start()

    def _processes(self):
        with open(f"{self.data}/postmaster.pid") as file:
            postmaster = int(file.readline())
        found = [postmaster]
        for path in glob.glob("/proc/[0-9]*/stat"):
            try:
                with open(path) as file:
                    fields = file.read().rsplit(")", 1)[1].split()
            except OSError:
                continue
            if int(fields[1]) == postmaster:
                found.append(int(path.split("/")[2]))
        return found

    def signal(self, number):
        for process in self._processes():
            try:
                os.kill(process, number)
            except ProcessLookupError:
                pass

    #  As if the power went: no process of it is left, nothing was said to anybody
    def crash(self):
        processes = self._processes()
        self.signal(signal.SIGKILL)
        while any(os.path.exists(f"/proc/{process}") for process in processes):
            time.sleep(0.01)

    def freeze(self):
        self.signal(signal.SIGSTOP)

    def thaw(self):
        self.signal(signal.SIGCONT)

    def destroy(self):
        try:
            self.thaw()
            self.stop("immediate")
        except (OSError, RuntimeError):
            pass
        if not self.keep:
            shutil.rmtree(self.folder, ignore_errors=True)

    #  --- databases

    def url(self, database, user):
        return f"host={self.folder} dbname={database} user={user}"

    def connect(self, database, user="postgres"):
        password = self.password if user == "postgres" else self.passwords[user]
        connection = psycopg2.connect(self.url(database, user), password=password, connect_timeout=5)
        connection.autocommit = True
        return connection

    def execute(self, sql, database="postgres"):
        connection = self.connect(database)
        try:
            with connection.cursor() as cursor:
                cursor.execute(sql)
        finally:
            connection.close()

    #  CREATE DATABASE copies everything but the rights on the database itself
    def copy(self, template, database):
        self.execute(f"CREATE DATABASE {database} TEMPLATE {template}")
        everyone = ", ".join(self.passwords)
        self.execute(f"REVOKE ALL ON DATABASE {database} FROM PUBLIC; "
                     f"GRANT CONNECT ON DATABASE {database} TO {everyone}; "
                     f"GRANT CREATE ON DATABASE {database} TO duban_owner")

    def drop(self, database):
        self.execute(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")
