"""What a ladder asked is answered, or it lapses: then somebody else is told."""

import json

from e2e.d_deadlines import begin, fired, fires, told
from e2e.life import Case


def answers(s, case):
    s.drained()
    return [command for (command,) in s.rows(
        "SELECT command FROM watchdog.answer WHERE case_no = %s ORDER BY at, version", case.no)]


#  rung → what became of its question, as dubanctl shows it
def asked(s, case):
    shown = json.loads(s.ctl("show", case.number, "--json").stdout)
    return {rung["rung"]: rung["answer_state"] for rung in shown["rungs"] if rung["answer_by"]}


def test_who_has_not_signed_by_the_next_afternoon_is_phoned(s):
    signed = begin(s, "2026-11-30 10:00")                   # a Monday
    unsigned = Case(s, "assigned")
    signed.bureau("fire.su", "sign_for", state="assigned")
    assert answers(s, signed) == ["sign_for"]
    assert asked(s, signed)["D0"] == "answered" and asked(s, unsigned)["D0"] == "open"
    fires(s, unsigned, "D0-phone", "2026-12-01 17:00")
    assert told(s, unsigned, "D0-phone") == {"escalation.yu"}
    text = s.one("SELECT text FROM notify.delivery WHERE notice_key LIKE %s LIMIT 1",
                 f"{unsigned.no}/first_contact.D0-phone/%")
    assert "2026-12-01 17:00" in text and "签收" in text, text
    fires(s, signed, "D3", "2026-12-03 08:30")
    assert [rung for rung, _ in fired(s, signed)] == ["D0", "D3"]
    unsigned.bureau("fire.su", "sign_for", state="assigned")
    assert answers(s, unsigned) == ["sign_for"]
    assert asked(s, unsigned)["D0"] == "late"


def test_the_chief_is_told_earlier_and_once_if_the_deputy_does_not_answer(s):
    case = begin(s, "2026-11-30 10:00")
    fires(s, case, "D8", "2026-12-10 08:30")
    fires(s, case, "D11", "2026-12-11 17:00")
    assert told(s, case, "D11") == {"chief"}
    s.stop("watchdog")                                      # who starts anew knows what lapsed
    s.start("watchdog")
    s.clock("2026-12-16 09:00")
    s.drained()
    assert [rung for rung, _ in fired(s, case)].count("D11") == 1
    assert asked(s, case)["D8"] == "lapsed"
    text = s.ctl("explain", case.number, "first_contact").stdout
    assert "D8" in text and text.count("2026-12-11 17:00") >= 2, text


def test_an_instruction_of_the_deputy_gives_the_unit_until_the_eleventh_day(s):
    case = begin(s, "2026-11-30 10:00")
    fires(s, case, "D8", "2026-12-10 08:30")
    s.clock("2026-12-11 16:00")
    case.bureau("fire.head", "explain", text="已约提出人周一面谈")     # answers other questions, not this one
    case.bureau("deputy", "instruct", text="周一前联系到位")
    assert answers(s, case) == ["explain", "instruct"]
    assert asked(s, case)["D8"] == "answered"
    fires(s, case, "D11", "2026-12-15 08:30")
    assert [rung for rung, _ in fired(s, case)].count("D11") == 1
