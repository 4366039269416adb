#  watchdog - lateness of 100,000 rungs due within a minute, among few and among many clocks; a mass breach
#
#  Clocks are copies of a real one (a case that waits for the chief's decision) with other case numbers: those that
#  are due are anchored a little in the future, so that their first rung, which tells the chief, is due there. What is
#  downstream is stopped: notices and log entries are durable in the outbox, which is where the watchdog's part ends.

import time

from bench.measure import cpu_seconds, postgres_cpu, resident_mib, row
from e2e.life import Case
from e2e.stage import Stage, wait_until

COLUMNS = "name, version, running, budget, unit, rule, calendar, ladder, card, due_date, breach_at, provisional"
FIRST = 10_000_000      # case numbers of the copies


def prepare(stage):
    services = stage.start("intake", "routing", "watchdog")
    Case(stage, "accepted")
    wait_until(lambda: stage.one("SELECT count (*) FROM watchdog.fired WHERE clock = 'decision'"), 10, "the first rung")
    stage.sql("CREATE TABLE pattern AS SELECT * FROM watchdog.clock WHERE name = 'decision'")
    for process in services:
        stage.stop(process.name.split("-")[0])


#  Open clocks whose next rung is far away
def add_open(stage, count):
    stage.sql(f"""INSERT INTO watchdog.clock (case_no, anchor, next_rung, next_rung_at, {COLUMNS})
                  SELECT {FIRST} + n, anchor, next_rung, next_rung_at, {COLUMNS}
                  FROM pattern, generate_series (1, %s) AS n""", count)
    stage.sql("VACUUM ANALYZE watchdog.clock")


#  Clocks whose first rung is due between `after` and `after + within` seconds from now
def add_due(stage, first, count, after, within):
    stage.sql(f"""INSERT INTO watchdog.clock (case_no, anchor, next_rung, next_rung_at, {COLUMNS})
                  SELECT %s + n, at, 0, at, {COLUMNS}
                  FROM pattern, (SELECT n, clock_timestamp () + make_interval (secs => %s + %s * n / %s) AS at
                                 FROM generate_series (1, %s) AS n OFFSET 0) AS s""",
              first, after, float(within), count, count)
    stage.sql("ANALYZE watchdog.clock")


def fire(stage, first, count, timeout):
    wanted = f"SELECT count (*) FROM watchdog.fired WHERE case_no > {first} AND case_no <= {first + count}"
    wait_until(lambda: stage.one(wanted) == count, timeout, f"{count} rungs")
    p50, p99, worst, took = stage.rows(f"""
        SELECT percentile_cont (0.5) WITHIN GROUP (ORDER BY late), percentile_cont (0.99) WITHIN GROUP (ORDER BY late),
               max (late), extract (epoch FROM max (fired_at) - min (due_at))
        FROM (SELECT *, 1000 * extract (epoch FROM fired_at - due_at) AS late FROM watchdog.fired
              WHERE case_no > {first} AND case_no <= {first + count}) f""")[0]
    return float(p50), float(p99), float(worst), float(took)


def one_minute(world, open_clocks, due, within):
    stage = Stage(world, "minute")
    prepare(stage)
    add_open(stage, open_clocks)
    process = stage.start("watchdog")
    time.sleep(5 if open_clocks < 500_000 else 30)      # it looks at every clock once when the calendar is read
    first = FIRST * 2
    add_due(stage, first, due, 15 if due > 50_000 else 8, within)
    wait_until(lambda: stage.one("SELECT min (next_rung_at) - clock_timestamp () < interval '1 s' FROM watchdog.clock "
                                 "WHERE case_no > %s", first), 60, "the first is near")
    cpu = cpu_seconds(process.process.pid) + postgres_cpu(world.postgres)
    p50, p99, worst, _ = fire(stage, first, due, within + 120)
    cost = (cpu_seconds(process.process.pid) + postgres_cpu(world.postgres) - cpu) / due * 1e6
    memory = resident_mib(process.process.pid)
    stage.discard()
    return p50, p99, worst, cost, memory


def mass_breach(world, count):
    stage = Stage(world, "breach")
    prepare(stage)
    process = stage.start("watchdog")
    add_due(stage, FIRST, count, 12, 0)
    _, _, worst, took = fire(stage, FIRST, count, 300)
    memory = resident_mib(process.process.pid)
    stage.discard()
    return count / took, worst, memory


def measure(world, quick):
    due, within, few, many = (10_000, 10, 10_000, 100_000) if quick else (100_000, 60, 100_000, 1_000_000)
    rows, costs = [], []
    for clocks in (few, many):
        p50, p99, worst, cost, memory = one_minute(world, clocks, due, within)
        costs.append(cost)
        rows += [row(f"watchdog: lateness p50 of {due:,} rungs in {within} s among {clocks:,} clocks, ms", p50, None,
                     f"p99 {p99:.1f}, worst {worst:.0f}"),
                 row(f"watchdog: cost per rung among {clocks:,} clocks, µs CPU", cost, None, "watchdog and PostgreSQL"),
                 row(f"watchdog: resident memory with {clocks:,} clocks, MiB", memory, ("≤", 64))]
    rate, worst, memory = mass_breach(world, due)
    return rows + [
        row("watchdog: cost per rung, many clocks : few clocks", costs[1] / costs[0], ("≤", 1.3)),
        row(f"watchdog: mass breach of {due:,} at once, rungs per second", rate, None, f"worst lateness {worst / 1000:.1f} s"),
        row("watchdog: resident memory in the mass breach, MiB", memory, ("≤", 64))]
