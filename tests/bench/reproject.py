#  reproject - a new calendar: how long until every running clock has its new date, all of them moved and journalled
#
#  The clocks are terms of fifteen working days that began on 28 December 2026, before the days of 2027 were known.

import time

from bench.measure import resident_mib, row
from e2e.stage import Stage, wait_until

CARD = '{"number": "JM-2026-000001-1", "unit": "fire", "secrecy": 0}'


def add_clocks(stage, count):
    stage.sql("""INSERT INTO watchdog.clock (case_no, name, version, running, anchor, budget, unit, ladder, card, due_date,
                                             breach_at, provisional, next_rung, next_rung_at)
                 SELECT n, 'handling', 1, true, '2026-12-28 02:00Z', 15, 'working_day', 'handling',
                        convert_to (%s, 'UTF8'), '2027-01-18', '2027-01-18 16:00Z', true, 1, '2027-01-06 00:30Z'
                 FROM generate_series (1, %s) AS n""", CARD, count)
    stage.sql("VACUUM ANALYZE watchdog.clock")


def measure(world, quick):
    count = 50_000 if quick else 1_000_000
    stage = Stage(world, "reproject")
    stage.clock("2026-12-28 10:00")
    add_clocks(stage, count)
    process = stage.start("watchdog")
    time.sleep(8 if quick else 60)      # it looks at every clock once when the calendar is read
    operator = stage.connect_as("duban_operator")
    with operator.cursor() as cursor:
        cursor.execute("BEGIN; INSERT INTO watchdog.calendar_year VALUES ('cn', 2027, 'bench');"
                       "INSERT INTO watchdog.calendar_day VALUES ('cn', '2027-01-01', false, '元旦'); COMMIT")
    operator.close()
    began = time.monotonic()
    wait_until(lambda: stage.one("SELECT count (*) FROM watchdog.clock WHERE provisional") == 0, 600, "all have new dates")
    took = time.monotonic() - began
    moved = stage.one("SELECT count (*) FROM watchdog.moved")
    assert moved == count, f"{moved} of {count} moves are journalled"
    memory = resident_mib(process.process.pid)
    stage.discard()
    return [row(f"watchdog: {count:,} clocks have their new dates, seconds", took, None if quick else ("≤", 60),
                f"{count / took:,.0f} clocks/s, each move journalled"),
            row("watchdog: resident memory meanwhile, MiB", memory, ("≤", 64))]
