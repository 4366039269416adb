"""Deadlines, with the test clock: business time moves, leases and timers run on."""

from datetime import datetime, timedelta

from e2e.life import Case
from e2e.stage import CHINA, wait_until

ALL = ["intake", "routing", "watchdog", "notify"]


def local(moment):
    return moment.astimezone(CHINA).strftime("%Y-%m-%d %H:%M")


#  [(rung, due)] in the order they fired
def fired(s, case, clock="first_contact"):
    return [(rung, local(due)) for rung, due in s.rows(
        "SELECT rung, due_at FROM watchdog.fired WHERE case_no = %s AND clock = %s ORDER BY due_at, rung",
        case.no, clock)]


#  Not a second before it is due; within two seconds after
def fires(s, case, rung, due, clock="first_contact"):
    moment = datetime.fromisoformat(due).replace(tzinfo=CHINA)
    before = fired(s, case, clock)
    assert (rung, due) not in before, f"{rung} fired before {due}: {before}"
    s.clock(moment - timedelta(seconds=3))
    assert (rung, due) not in fired(s, case, clock), f"{rung} fired before {due}"
    s.clock(moment)
    wait_until(lambda: (rung, due) in fired(s, case, clock), 5, f"{rung} fires at {due}; so far {fired(s, case, clock)}")


#  Who was told on an occasion
def told(s, case, rung, clock="first_contact"):
    s.drained()
    return {person for (person,) in s.rows(
        "SELECT DISTINCT recipient FROM notify.delivery WHERE notice_key LIKE %s AND recipient NOT LIKE 'source:%%'",
        f"{case.no}/{clock}.{rung}/%")}


def due(s, case, clock="first_contact"):
    s.drained()
    row = s.rows("SELECT due_date::text, breach_at, provisional, running FROM watchdog.clock "
                 "WHERE case_no = %s AND name = %s", case.no, clock)
    return row[0] if row else None


def begin(s, moment, **data):
    s.clock(moment)
    s.start(*ALL)
    return Case(s, "assigned", **data)


def test_first_contact_is_reminded_breached_and_escalated_day_by_day(s):
    case = begin(s, "2026-11-30 10:00")                     # a Monday: day 0
    assert due(s, case)[0] == "2026-12-07"
    wait_until(lambda: fired(s, case) == [("D0", "2026-11-30 10:00")], what="D0 at delivery")
    assert told(s, case, "D0") == {"fire.head", "fire.su"}
    fires(s, case, "D0-phone", "2026-12-01 17:00")          # nobody has signed for it
    assert told(s, case, "D0-phone") == {"escalation.yu"}
    fires(s, case, "D3", "2026-12-03 08:30")
    assert told(s, case, "D3") == {"fire.su"}
    fires(s, case, "D5", "2026-12-07 08:30")
    assert told(s, case, "D5") == {"fire.head", "fire.su"}
    fires(s, case, "D5-phone", "2026-12-07 11:30")
    fires(s, case, "breach", "2026-12-08 00:00")            # 24:00 of the last day
    assert told(s, case, "breach") == set()
    fires(s, case, "D6", "2026-12-08 08:30")
    assert told(s, case, "D6") == {"fire.head", "deputy", "escalation.yu", "intake.lin"}
    fires(s, case, "D8", "2026-12-10 08:30")
    assert told(s, case, "D8") == {"deputy"}
    fires(s, case, "D11", "2026-12-11 17:00")               # the deputy has not answered
    assert told(s, case, "D11") == {"chief"}
    s.clock("2026-12-22 08:30")
    wait_until(lambda: fired(s, case)[-1][1] == "2026-12-22 08:30", 5, "weekly")
    s.clock("2026-12-29 08:30")
    wait_until(lambda: fired(s, case)[-1][1] == "2026-12-29 08:30", 5, "weekly again")
    rungs = [rung for rung, _ in fired(s, case)]
    assert len(rungs) == len(set(fired(s, case))) == 11, rungs
    log = s.rows("SELECT convert_from (canonical, 'UTF8') FROM routing.case_log WHERE case_no = %s AND event = 'rung'",
                 case.no)
    assert any('"breach"' in entry for (entry,) in log), log


def test_contact_stops_the_clock_and_nobody_is_reminded(s):
    case = begin(s, "2026-11-30 10:00")
    case.bureau("fire.su", "sign_for", state="assigned")
    s.drained()
    s.clock("2026-12-02 15:00")
    case.bureau("fire.su", "contact", state="handling", contacted_at="2026-12-02T14:30:00+08:00", how="电话",
                summary="已联系")
    wait_until(lambda: due(s, case)[3] is False, what="the clock has stopped")
    stopped = s.one("SELECT stopped_at FROM watchdog.clock WHERE case_no = %s AND name = 'first_contact'", case.no)
    assert local(stopped) == "2026-12-02 14:30"             # when it happened, not when it was entered
    s.clock("2026-12-09 09:00")
    wait_until(lambda: any(r == "H+1" or r == "H-1" for r, _ in fired(s, case, "handling")), 6, "the handling clock runs")
    assert fired(s, case) == [("D0", "2026-11-30 10:00")], fired(s, case)


def test_a_late_entry_keeps_the_breach(s):
    case = begin(s, "2026-11-30 10:00")
    s.clock("2026-12-08 09:00")
    wait_until(lambda: ("breach", "2026-12-08 00:00") in fired(s, case), 5)
    s.clock("2026-12-08 11:00")
    case.bureau("fire.su", "contact", state="handling", contacted_at="2026-12-08T10:00:00+08:00", how="电话",
                summary="补录")
    s.drained()
    breached = s.one("SELECT breached FROM api.clock WHERE case_no = %s AND name = 'first_contact'", case.no)
    assert breached is True
    assert ("breach", "2026-12-08 00:00") in fired(s, case)


def test_a_failed_attempt_is_not_contact(s):
    case = begin(s, "2026-11-30 10:00")
    s.clock("2026-12-01 10:00")
    case.bureau("fire.su", "attempt", state="assigned", at="2026-12-01T09:50:00+08:00", how="电话", note="无人接听")
    fires(s, case, "D3", "2026-12-03 08:30")


def test_what_was_missed_while_the_watchdog_was_away_fires_in_order_once(s):
    case = begin(s, "2026-11-30 10:00")
    wait_until(lambda: fired(s, case) == [("D0", "2026-11-30 10:00")])
    s.stop("watchdog")
    s.clock("2026-12-08 09:00")
    s.start("watchdog")
    wait_until(lambda: len(fired(s, case)) == 6, 6)
    assert [rung for rung, _ in fired(s, case)] == ["D0", "D0-phone", "D3", "D5", "breach", "D6"]
    late = s.one("SELECT fired_at FROM watchdog.fired WHERE case_no = %s AND rung = 'D3'", case.no)
    assert local(late) == "2026-12-08 09:00"                # when it was told; due_at says when it was due
    s.kill("watchdog")
    s.start(watchdog=2)
    s.drained()
    assert len(fired(s, case)) == 6


def test_the_handling_clock_has_the_term_of_the_decision(s):
    s.clock("2026-11-30 10:00")
    s.start(*ALL)
    case = Case(s, "accepted")
    case.bureau("chief", "approve", state="assigned", term=5)
    assert due(s, case, "handling")[0] == "2026-12-07"
    fires(s, case, "H-2", "2026-12-03 08:30", "handling")   # five days: no half-time
    fires(s, case, "H-1", "2026-12-04 08:30", "handling")
    fires(s, case, "breach", "2026-12-08 00:00", "handling")
    fires(s, case, "H+1", "2026-12-08 08:30", "handling")
    wait_until(lambda: case.app.find(lambda e: e.type == "notice" and e["template"] == "overdue_submitter" and
                                     e["case"] == case.number, 10), what="the submitter is told once")


def test_fifteen_days_are_reminded_at_half_time(s):
    s.clock("2026-11-02 10:00")
    s.start(*ALL)
    case = Case(s, "accepted")
    case.bureau("chief", "approve", state="assigned", term=15)
    assert due(s, case, "handling")[0] == "2026-11-23"
    s.clock("2026-11-20 09:00")
    wait_until(lambda: [r for r, _ in fired(s, case, "handling")] == ["half", "H-5", "H-1"], 6,
               f"half, H-5, H-1: {fired(s, case, 'handling')}")


def test_the_chief_has_one_working_day_to_decide(s):
    s.clock("2026-12-04 16:00")                             # a Friday
    s.start(*ALL)
    case = Case(s, "accepted")
    assert due(s, case, "decision")[0] == "2026-12-07"      # Monday
    fires(s, case, "H", "2026-12-07 15:30", "decision")
    assert told(s, case, "H", "decision") == {"chief"}
    fires(s, case, "breach", "2026-12-08 00:00", "decision")
    fires(s, case, "H+1", "2026-12-08 08:30", "decision")
    assert told(s, case, "H+1", "decision") == {"chief", "deputy", "escalation.yu"}


def test_acceptance_is_late_after_one_working_day(s):
    s.clock("2026-11-30 10:00")
    s.start(*ALL)
    case = Case(s)
    assert due(s, case, "acceptance")[0] == "2026-12-01"
    fires(s, case, "H", "2026-12-01 15:30", "acceptance")
    fires(s, case, "breach", "2026-12-02 00:00", "acceptance")


def test_over_spring_festival_the_made_up_saturday_counts(s):
    case = begin(s, "2026-02-13 10:00")                     # Friday; Saturday 14th is worked, 15th to 23rd is rest
    assert due(s, case)[0] == "2026-02-27"                  # 14, 24, 25, 26, 27
    fires(s, case, "D3", "2026-02-25 08:30")
    assert [rung for rung, _ in fired(s, case)] == ["D0", "D0-phone", "D3"]
    fires(s, case, "breach", "2026-02-28 00:00")
    fires(s, case, "D6", "2026-02-28 08:30")                # the other made-up Saturday


def test_what_happens_on_a_day_of_rest_counts_from_the_next_working_day(s):
    case = begin(s, "2026-10-03 10:00")                     # National Day week
    assert due(s, case)[0] == s.one(
        "SELECT due_date::text FROM watchdog.clock WHERE case_no = %s AND name = 'first_contact'", case.no)
    days = [day for (day,) in s.rows(
        "SELECT d::date::text FROM generate_series ('2026-10-04'::date, '2026-10-31'::date, '1 day') d "
        "LEFT JOIN watchdog.calendar_day c ON c.day = d::date AND c.calendar = 'cn' "
        "WHERE coalesce (c.works, extract (isodow FROM d) < 6) ORDER BY 1")]
    assert due(s, case)[0] == days[4], (due(s, case), days[:6])


def test_a_date_beyond_the_horizon_is_provisional_and_moves_when_the_days_are_published(s):
    case = begin(s, "2026-12-28 10:00")
    assert due(s, case)[:3:2] == ("2027-01-04", True), due(s, case)
    operator = s.connect_as("duban_operator")
    with operator.cursor() as cursor:
        cursor.execute("BEGIN; INSERT INTO watchdog.calendar_year VALUES ('cn', 2027, 'test');"
                       "INSERT INTO watchdog.calendar_day VALUES ('cn', '2027-01-01', false, '元旦'), "
                       "('cn', '2027-01-02', true, '调休'); COMMIT")
    operator.close()
    wait_until(lambda: due(s, case)[2] is False, 15, "the clock is projected anew")
    assert due(s, case)[0] == "2027-01-04", due(s, case)    # 29, 30, 31, made-up 2, 4
    fires(s, case, "breach", "2027-01-05 00:00")


def test_a_secret_case_is_escalated_without_its_title(s):
    case = begin(s, "2026-11-30 10:00", title="绝不外传的标题", secrecy="confidential")
    s.clock("2026-12-08 09:00")
    wait_until(lambda: ("D6", "2026-12-08 08:30") in fired(s, case), 6)
    s.drained()
    texts = s.rows("SELECT subject, text FROM notify.delivery WHERE notice_key LIKE %s", f"{case.no}/%")
    assert texts and "绝不外传" not in str(texts)
    assert "绝不外传" not in str(s.rows("SELECT convert_from (card, 'UTF8') FROM watchdog.clock"))


def test_leadership_is_told_even_while_routing_is_down(s):
    case = begin(s, "2026-11-30 10:00")
    s.drained()
    s.stop("routing")
    s.clock("2026-12-08 09:00")
    wait_until(lambda: "deputy" in told(s, case, "D6"), 8, "the deputy is told")
    s.start("routing")
    wait_until(lambda: s.one("SELECT count (*) FROM routing.case_log WHERE case_no = %s AND event = 'rung'", case.no)
               == s.one("SELECT count (*) FROM watchdog.fired WHERE case_no = %s", case.no), 15)


def test_a_rung_fires_once_with_three_watchdogs(s):
    s.clock("2026-11-30 10:00")
    s.start("intake", "routing", "notify", watchdog=3)
    cases = [Case(s, "assigned") for _ in range(5)]
    s.drained()
    s.clock("2026-12-08 09:00")
    for case in cases:
        wait_until(lambda: len(fired(s, case)) == 6, 6)
    s.drained()
    keys = s.rows("SELECT count (*), count (DISTINCT (case_no, clock, rung, due_at)) FROM watchdog.fired")[0]
    assert keys[0] == keys[1]
    logged = s.one("SELECT count (*) FROM routing.case_log WHERE event = 'rung'")
    assert logged == keys[0], (logged, keys)


def test_explain_tells_every_day(s):
    case = begin(s, "2026-02-13 10:00")
    s.drained()
    text = s.ctl("explain", case.number, "first_contact").stdout
    assert "2026-02-14" in text and "2026-02-27" in text and "春节" in text, text
    s.ctl("explain", case.number, "no_such_clock", code=3)


def test_the_heartbeat_shows_how_late_the_watchdog_is(s):
    begin(s, "2026-11-30 10:00")
    beat = wait_until(lambda: s.rows("SELECT beat_at, lateness FROM api.heartbeat"))
    assert len(beat) == 1 and (beat[0][1] is None or beat[0][1] < timedelta(seconds=2)), beat
    s.service("watchdog").kill()
    s.start("watchdog")
    wait_until(lambda: s.one("SELECT count (*) FROM api.heartbeat") >= 1)
