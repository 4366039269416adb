#  door - durable acknowledged submissions per second through CURVE, beside pgbench storing the same rows
#
#  pgbench uses the best single statement there is: one prepared CTE that writes submission, sealed reporter and
#  outbox row, 16 clients. What is downstream of the door is stopped and the bound raised, for both alike.

import statistics
import subprocess
import time

from bench.measure import cpu_seconds, load, open_quota, resident_mib, row
from e2e.postgres import binary
from e2e.stage import Stage

DOCUMENT = "监" * 380      # about as many bytes as the generator's events
MESSAGE = "督" * 280       # … and as its messages to routing

SCRIPT = f"""
WITH s AS (
  INSERT INTO intake.submission (submission_id, case_no, opens, source, event_id, sha256, actor, public_key, secrecy,
                                 occurred_at, recorded_at, document)
  VALUES (decode (md5 (random ()::text || clock_timestamp ()::text), 'hex'), nextval ('intake.case_no'), true, 'flood',
          gen_random_uuid ()::text, '\\x{'ab' * 32}', NULL, '{'k' * 40}', 1, now (), now (), '{DOCUMENT}'::bytea)
  ON CONFLICT (submission_id) DO NOTHING RETURNING submission_id),
r AS (
  INSERT INTO intake.sealed_reporter (submission_id, position, cut)
  SELECT submission_id, 700, '{{"name":"测试员","phone":"13900000000"}}'::bytea FROM s)
INSERT INTO intake.outbox (parcel_id, target, owner, messages, body)
SELECT gen_random_uuid (), 'routing', '00000000-0000-0000-0000-000000000001', 1, '{MESSAGE}'::bytea FROM s;
"""


def pgbench(stage, seconds):
    path = f"{stage.folder}/store.sql"
    with open(path, "w") as file:
        file.write(SCRIPT.replace("\n", " ").strip() + "\n")
    done = subprocess.run([binary("pgbench"), "-n", "-M", "prepared", "-c", "16", "-j", "2", "-T", str(seconds),
                           "-f", path, "-h", stage.postgres.folder, "-U", "postgres", stage.database],
                          env={"PGPASSWORD": stage.postgres.password, "PATH": "/usr/bin:/bin"},
                          stdout=subprocess.PIPE, text=True, check=True)
    return next(float(line.split()[2]) for line in done.stdout.splitlines() if line.startswith("tps"))


def measure(world, quick):
    seconds, turns = (4, 1) if quick else (10, 3)
    stage = Stage(world, "door")
    stage.settings["intake"] = {"DUBAN_BACKLOG_BOUND": "20000"}
    open_quota(stage)
    intake = stage.start("intake")
    ours, theirs, cpu = [], [], []
    for _ in range(turns):
        for table in ("outbox", "submission", "sealed_reporter"):
            stage.sql(f"TRUNCATE intake.{table}")
        stage.sql("CHECKPOINT")
        theirs.append(pgbench(stage, seconds))
        for table in ("outbox", "submission", "sealed_reporter"):
            stage.sql(f"TRUNCATE intake.{table}")
        stage.sql("CHECKPOINT")
        time.sleep(2.5)     # intake counts its outbox once a second
        before = cpu_seconds(intake.process.pid)
        result = load(stage, 4, 200, seconds)
        assert result["problems"] == 0, result
        ours.append(result["per_second"])
        cpu.append((result["generator_cpu_seconds"], cpu_seconds(intake.process.pid) - before))
    stage.sql("TRUNCATE intake.outbox")
    single = load(stage, 1, 1, 5)
    memory = resident_mib(intake.process.pid)
    stage.discard()
    ratio = statistics.median(ours) / statistics.median(theirs)
    return [
        row("door: acknowledged submissions per second", statistics.median(ours), None,
            f"{turns} turns: {', '.join(f'{rate:,.0f}' for rate in ours)}"),
        row("door: pgbench, same rows, one prepared CTE, 16 clients", statistics.median(theirs), None,
            f"{', '.join(f'{rate:,.0f}' for rate in theirs)}"),
        row("door: ratio to pgbench", ratio, ("≥", 1.5), "downstream stopped, bound raised"),
        row("door: CPU seconds of generator / of intake per turn", cpu[-1][0], None, f"intake {cpu[-1][1]:.1f} s"),
        row("door: p50 with one in flight, ms", single["p50_ms"], ("≤", 1.5), f"p99 {single['p99_ms']} ms"),
        row("intake: resident memory, MiB", memory, ("≤", 64)),
    ]
