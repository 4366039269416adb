"""The calendar of a new year comes in: from a file, over dubanctl, into every clock that runs."""

import json
from pathlib import Path
from tempfile import mkdtemp

from e2e.d_deadlines import begin, due
from e2e.stage import wait_until

NEW_YEAR = {"year": 2027, "papers": ["国办发明电〔2026〕7号"], "days": [
    {"name": "元旦", "date": f"2027-01-0{day}", "isOffDay": True} for day in (1, 2, 3)]}
ICS = """BEGIN:VCALENDAR\r
VERSION:2.0\r
BEGIN:VEVENT\r
DTSTART;VALUE=DATE:20270101\r
DTEND;VALUE=DATE:20270106\r
SUMMARY:元旦(\r
 休)\r
END:VEVENT\r
END:VCALENDAR\r
"""


def write(path, text):
    path.write_text(text, encoding="utf-8")
    return str(path)


def moved(s, case):
    return s.rows("SELECT was_due::text, due_date::text, provisional FROM watchdog.moved WHERE case_no = %s AND clock = "
                  "'first_contact' ORDER BY moved_at", case.no)


def test_a_new_year_moves_the_clocks_and_each_move_is_journalled(s):
    folder = Path(mkdtemp(prefix="duban-calendar-"))
    case = begin(s, "2026-12-28 10:00")
    assert due(s, case)[:3:2] == ("2027-01-04", True), due(s, case)
    path = write(folder / "2027.json", json.dumps(NEW_YEAR, ensure_ascii=False))
    s.ctl("calendar", "load", path, "--dry-run")
    s.ctl("calendar", "load", path)
    wait_until(lambda: due(s, case)[2] is False, 15, "the clock is projected anew")
    assert due(s, case)[0] == "2027-01-05", due(s, case)    # 29, 30, 31, 4, 5
    assert moved(s, case) == [("2027-01-04", "2027-01-05", False)], moved(s, case)
    # the same file again changes nothing; another one is the whole truth of its year
    version = s.one("SELECT last_value FROM watchdog.calendar_version")
    s.ctl("calendar", "load", path)
    assert s.one("SELECT last_value FROM watchdog.calendar_version") == version
    s.ctl("calendar", "load", write(folder / "2027.ics", ICS))
    wait_until(lambda: due(s, case)[0] == "2027-01-07", 15, "29, 30, 31, 6, 7")
    assert moved(s, case)[-1] == ("2027-01-05", "2027-01-07", False), moved(s, case)
    s.ctl("calendar", "load", write(folder / "bad.csv", "2027-02-30,false,春节\n"), code=1)


def test_explain_tells_a_suspension_and_an_extension(s):
    case = begin(s, "2026-03-02 10:00")
    s.drained()
    ledger = json.dumps([{"op": "suspend", "at": 1772589600000000}, {"op": "resume", "at": 1773040500000000},
                         {"op": "extend", "at": 1773040600000000, "budget": 2}])
    s.rows("UPDATE watchdog.clock SET ledger = convert_to (%s, 'UTF8') WHERE case_no = %s AND name = 'first_contact' "
           "RETURNING 1", ledger, case.no)
    told = json.loads(s.ctl("explain", case.number, "first_contact", "--json").stdout)["explanation"]
    assert told["due"] == "2026-03-17" and [entry["op"] for entry in told["ledger"]] == ["suspend", "resume", "extend"]
    assert [step["date"] for step in told["steps"] if step.get("suspended")] == [
        f"2026-03-0{day}" for day in range(4, 10)], told["steps"]
    text = s.ctl("explain", case.number, "first_contact", more={"LANG": "zh_CN.UTF-8"}).stdout
    assert "暂停,不计" in text and "延期: 2" in text, text
