#  faults - what is done to a running stage, one function each
#
#      kill       -9, only with messages in flight           restart    PostgreSQL, fast or immediate
#      torn       -9 while COMMIT hangs: it will be there, but nobody was told
#      blackout   everything at once, the database in the middle of its transactions

import signal
import time

from chaos.crowd import unanswered
from e2e.stage import wait_until

SENDERS = {"routing": ["intake", "watchdog", "notify"], "watchdog": ["routing"], "notify": ["routing", "watchdog"]}
PATIENCE = 1.0      # seconds that a stopped victim is waited for to have something in flight


class Faults:
    def __init__(self, stage, members, random_, say):
        self.stage, self.members, self.random, self.say = stage, members, random_, say
        self.down = []              # (when to restart, service)
        self.hits, self.misses = {}, 0

    #  --- processes

    def alive(self, service):
        return [p for p in self.stage.processes if p.name.startswith(service + "-") and p.is_alive()]

    #  Dead processes come back within a second
    def tend(self):
        for when, service in [entry for entry in self.down if entry[0] <= time.monotonic()]:
            self.down.remove((when, service))
            self.stage.start(service, wait=False)

    def bury(self, process):
        process.kill()
        self.down.append((time.monotonic() + self.random.uniform(0.0, 1.0), process.name.rsplit("-", 1)[0]))

    #  --- in flight?

    def replica_of(self, process):
        return self.stage.one("SELECT replica_id::text FROM bus.live WHERE admin = %s", process.admin)

    def in_flight(self, service, process, replica):
        if service == "intake":
            number = int(process.name.rsplit("-", 1)[1])
            return unanswered(self.members, self.stage.endpoints()[number - 1])
        wanted = f'replica="{replica}"'
        for sender in [p for name in SENDERS[service] for p in self.alive(name)]:
            if sender.is_announced() and any(value > 0 for name, value in sender.metrics().items()
                                             if name.startswith("duban_in_flight_parcels") and wanted in name):
                return True
        return False

    #  --- the faults; True if it hit

    def kill(self, service):
        ready = [p for p in self.alive(service) if p.is_ready()]
        if not ready:
            return False
        victim = self.random.choice(ready)
        replica = self.replica_of(victim)
        victim.signal(signal.SIGSTOP)
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if self.in_flight(service, victim, replica):
                self.bury(victim)
                self.hits[service] = self.hits.get(service, 0) + 1
                return True
            time.sleep(0.02)
        victim.signal(signal.SIGCONT)
        self.misses += 1
        return False

    def restart(self, mode):
        self.stage.postgres.restart(mode, away=self.random.uniform(0.2, 1.0))
        self.stage.connection = None
        return True

    #  COMMITs hang on a standby that is not there; the victim dies; then they are let go
    def torn(self, service):
        postgres, hit = self.stage.postgres, False
        postgres.execute("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
        postgres.execute("SELECT pg_reload_conf ()")
        try:
            wait_until(lambda: self.stage.one(
                "SELECT count (*) FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND usename = %s",
                f"duban_{service}"), 2)
            time.sleep(0.2)
            for process in self.alive(service):
                self.bury(process)
                hit = True
        except AssertionError:
            pass
        finally:
            postgres.execute("ALTER SYSTEM RESET synchronous_standby_names")
            postgres.execute("SELECT pg_reload_conf ()")
        return hit

    #  The power goes, while the disk is slow so that COMMITs are on their way: all processes die, the database
    #  recovers from its log
    def blackout(self):
        postgres = self.stage.postgres
        postgres.execute("ALTER SYSTEM SET commit_siblings = 0")
        postgres.execute("ALTER SYSTEM SET commit_delay = 100000")
        postgres.execute("SELECT pg_reload_conf ()")
        time.sleep(0.5)
        postgres.freeze()
        time.sleep(0.1)
        for process in [p for p in self.stage.processes if p.is_alive()]:
            self.bury(process)
        postgres.crash()
        postgres.start()
        self.stage.connection = None
        for setting in ("commit_siblings", "commit_delay"):
            postgres.execute(f"ALTER SYSTEM RESET {setting}")
        postgres.execute("SELECT pg_reload_conf ()")
        return True
