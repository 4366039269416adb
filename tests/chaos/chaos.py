#!/usr/bin/python3
#  chaos - twenty thousand submissions while everything is killed; exactly one effect each?
#
#      crowd (4 sources, paced) ─▶ 2 intake, 2 routing, 1 watchdog, 1 notify ◀─ faults
#                  │ journals                        │ rows, feeds
#                  └────────────▶ checker ◀──────────┘
#
#  Exit status: 0 green; 1 red, or a kill that never hit anything in flight. The seed is printed: the same
#  seed gives the same order of faults.

import argparse
import os
import random
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
sys.dont_write_bytecode = True

from chaos.checker import Journal, Rows, check      # noqa: E402
from chaos.crowd import Member, read_journals       # noqa: E402
from chaos.faults import Faults                     # noqa: E402
from e2e.stage import SCHEMAS, Stage                # noqa: E402
from e2e.world import World, stop_cleanly           # noqa: E402

SOURCES = ["chaos-1", "chaos-2", "chaos-3", "chaos-4"]
SERVICES = ["intake", "routing", "watchdog", "notify"]
LIMIT = 60          # seconds after the last fault until everything must be done


def parse():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", default=os.environ.get("DUBAN_BUILD", "release"))
    parser.add_argument("--count", type=int, default=20000, help="submissions, of all sources together")
    parser.add_argument("--seconds", type=float, default=110, help="over which they are paced")
    parser.add_argument("--kills", type=int, default=10, help="of each service")
    parser.add_argument("--restarts", default="fast,immediate", help="of PostgreSQL")
    parser.add_argument("--torn", type=int, default=2, help="kills in the middle of COMMIT, intake and routing")
    parser.add_argument("--blackouts", type=int, default=1)
    parser.add_argument("--limit", type=float, default=LIMIT)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10 ** 6))
    parser.add_argument("--keep", action="store_true")
    return parser.parse_args()


def say(text):
    print(f"  {time.strftime('%H:%M:%S')} {text}", flush=True)


#  The order of everything that will go wrong
def plan(options, random_):
    faults = [("kill", service) for service in SERVICES for _ in range(options.kills)]
    faults += [("torn", ("intake", "routing")[n % 2]) for n in range(options.torn)]
    random_.shuffle(faults)
    heavy = [("restart", mode) for mode in options.restarts.split(",") if mode]
    heavy += [("blackout", None)] * options.blackouts
    for number, fault in enumerate(heavy, 1):       # spread over the run
        faults.insert(len(faults) * number // (len(heavy) + 1), fault)
    return faults


#  Plays the plan while the crowd is busy; returns what never hit
def conduct(faults, todo, options, members):
    pace = options.seconds * 0.88 / max(1, len(todo))
    began, number, missed = time.monotonic(), 0, 0
    while todo and any(member.is_alive() for member in members):
        faults.tend()
        what, argument = todo[0]
        if time.monotonic() < began + number * pace:
            time.sleep(0.02)
            continue
        hit = getattr(faults, what)(*([argument] if argument else []))
        if hit:
            number += 1
            todo.pop(0)
            if what != "kill":
                say(f"{what} {argument or ''}")
        else:               # its turn comes again: another first
            missed += 1
            todo.append(todo.pop(0))
            time.sleep(0.1)
    while faults.down:
        faults.tend()
        time.sleep(0.02)
    return todo


#  Waits until nothing is owed and the crowd has all its answers; True if in time
def settle(stage, members, limit, faults):
    end, told = time.monotonic() + limit, 0.0
    while time.monotonic() < end:
        busy = sum(member.is_alive() for member in members)
        owed = dict(((f"{owes} → {target}", n) for owes, target, n in stage.owed()))
        queued = stage.one("SELECT count (*) FROM notify.delivery WHERE state IN ('queued', 'sending')")
        if not busy and not owed and not queued:
            return True
        if time.monotonic() - told > 5:
            told = time.monotonic()
            say(f"settling: {busy} clients busy, owed {owed or 'nothing'}, deliveries queued {queued}")
        time.sleep(0.1)
    return False


def read_feed(stage, rows):
    for source in SOURCES:
        client = stage.client(source)
        while True:
            events = client.catch_up()
            for event in events:
                what = event["event"] if event.type == "case.changed" else event.data.get("template", event.type)
                rows.feed.append((source, int(event.event["sequence"]), what, event.case))
            if not events:
                break
        client.close()


def read_rows(stage):
    rows = Rows()
    rows.submissions = stage.rows("SELECT source, event_id, case_no FROM intake.submission")
    rows.cases = stage.rows("SELECT case_no, source FROM routing.cases")
    rows.opened = [n for (n,) in stage.rows("SELECT case_no FROM routing.case_log WHERE event = 'opened'")]
    rows.clocks = [n for (n,) in stage.rows("SELECT case_no FROM watchdog.clock WHERE name = 'acceptance'")]
    rows.notices = [n for (n,) in stage.rows("SELECT case_no FROM notify.notice WHERE template = 'acknowledged'")]
    rows.owed = {f"{schema} outbox": stage.one(f"SELECT count (*) FROM {schema}.outbox") for schema in SCHEMAS}
    rows.dead = {schema: stage.one(f"SELECT count (*) FROM {schema}.dead_letter") for schema in SCHEMAS}
    rows.waiting = stage.one("SELECT count (*) FROM routing.waiting")
    read_feed(stage, rows)
    numbers = dict(stage.rows("SELECT number, case_no FROM routing.cases"))
    rows.feed = [(source, seq, what, numbers.get(number, number)) for source, seq, what, number in rows.feed]
    return rows


def play(world, options):
    random_ = random.Random(options.seed)
    stage = Stage(world, "chaos")
    stage.start(intake=2, routing=2, watchdog=1, notify=1)
    members = []
    for number, source in enumerate(SOURCES):
        client = stage.client(source)
        client.turn = number % 2
        client.connect()
        members.append(Member(client, f"{stage.folder}/{source}.journal", options.count // 4, options.seconds))
    faults = Faults(stage, members, random_, say)
    began = time.monotonic()
    for member in members:
        member.start()
    left = conduct(faults, plan(options, random_), options, members)
    last_fault = time.monotonic()
    settled = settle(stage, members, max(options.limit, options.limit + options.seconds - (last_fault - began)), faults)
    took = time.monotonic() - max(last_fault, began + options.seconds)
    for member in members:
        member.over.set()
    for member in members:
        member.join()
    kills = ", ".join(f"{service} {faults.hits.get(service, 0)}" for service in SERVICES)
    say(f"killed in flight: {kills}; {faults.misses} tries found nothing in flight; "
        f"{sum(m.acked for m in members)} acknowledged, {sum(m.repeated for m in members)} sent again; "
        f"settled {took:.1f} s after the last fault")
    complaints = [] if settled else [f"not settled within {options.limit:.0f} s of the last fault"]
    complaints += [f"never hit: {what} {argument}" for what, argument in left]
    complaints += [member.wrong for member in members if member.wrong]
    journal = Journal()
    read_journals(members, journal)
    complaints += check(journal, read_rows(stage))
    return stage, complaints


def main():
    options = parse()
    stop_cleanly()
    print(f"chaos: build {options.build}, {options.count} submissions over {options.seconds:.0f} s, "
          f"{options.kills} kills of each service, seed {options.seed}", flush=True)
    world = World(options.build, options.keep)
    stage = None
    try:
        stage, complaints = play(world, options)
        if not complaints:
            try:
                stage.finish()
            except AssertionError as error:
                complaints.append(str(error))
        for complaint in complaints:
            print(f"  RED  {complaint}")
        print("chaos: " + ("red" if complaints else "green: acknowledged = cases = first notices, nothing twice"))
        return 1 if complaints else 0
    finally:
        if options.keep:
            print(f"kept: {world.postgres.folder}")
        if stage:
            stage.discard()
        world.destroy()


if __name__ == "__main__":
    sys.exit(main())
