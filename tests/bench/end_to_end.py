#  end_to_end - submission → case → clock → notice durably queued: cases per second through all four services

import threading
import time

from bench.measure import load, open_quota, postgres_cpu, resident_mib, row
from e2e.stage import Stage

COUNTS = """SELECT (SELECT count (*) FROM routing.cases), (SELECT count (*) FROM watchdog.clock),
                   (SELECT count (*) FROM notify.notice WHERE template = 'acknowledged')"""


#  Watches the counts until everything has arrived; [(seconds, cases, clocks, notices)]
def watch(stage, done):
    began, seen = time.monotonic(), []
    while True:
        counts = stage.rows(COUNTS)[0]
        seen.append((time.monotonic() - began, *counts))
        if done.is_set() and len(set(counts)) == 1 and counts[0] >= done.wanted:
            return seen
        assert seen[-1][0] < 300, f"stuck at {counts}"
        time.sleep(0.25)


def measure(world, quick):
    seconds = 5 if quick else 20
    stage = Stage(world, "through")
    stage.settings["intake"] = {"DUBAN_BACKLOG_BOUND": "20000"}
    open_quota(stage)
    services, started = [], {}
    for name in ("intake", "routing", "watchdog", "notify"):
        began = time.monotonic()
        services.append(stage.start(name))
        started[name] = time.monotonic() - began
    load(stage, 2, 64, 2)       # caches are warm, and plans as they are when autovacuum has seen the tables
    stage.drained(60)
    stage.sql("ANALYZE")
    before = stage.rows(COUNTS)[0][0]
    done = threading.Event()
    done.wanted = 0
    result = {}

    def generate():
        result.update(load(stage, 2, 64, seconds))
        done.wanted = before + result["acknowledged"]
        done.set()

    generator = threading.Thread(target=generate)
    cpu = postgres_cpu(world.postgres)
    generator.start()
    seen = watch(stage, done)
    generator.join()
    cases = seen[-1][1] - before
    took = seen[-1][0]
    rows = [
        row("end to end: cases per second, submission to queued notice", cases / took, ("≥", 2000),
            f"{cases:,} cases in {took:.1f} s; door took {result['per_second']:,.0f}/s; "
            f"PostgreSQL {1e6 * (postgres_cpu(world.postgres) - cpu) / max(cases, 1):.0f} µs CPU a case"),
    ]
    rows += [row(f"{name}: start to ready, s", took, ("≤", 1.0)) for name, took in started.items()]
    for process in services:
        rows.append(row(f"{process.name}: resident memory under this load, MiB", resident_mib(process.process.pid), ("≤", 64)))
    stage.discard()
    return rows
