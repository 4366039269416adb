"""The life of a case, across all services."""

from e2e.life import Case, now
from e2e.stage import expect, wait_until

SERVICES = ["intake", "routing", "watchdog", "notify"]


def test_a_suggestion_goes_its_way_to_the_answer_and_is_closed(s):
    case = Case(s, title="电动车飞线充电", area="通济街道")
    case.notice("acknowledged")
    case.bureau("intake.lin", "accept", state="accepted", unit="fire", term=15, note="拟交火灾防治科")
    case.notice("accepted")
    case.bureau("chief", "approve", state="assigned", note="同意")
    case.bureau("fire.su", "sign_for", state="assigned")
    case.bureau("fire.su", "attempt", state="assigned", at=now(-1), how="电话", note="无人接听")
    case.bureau("fire.su", "contact", state="handling", contacted_at=now(), how="电话", summary="约定明日到现场")
    case.bureau("fire.head", "note", state="handling", text="已到现场")
    case.bureau("fire.su", "draft", state="drafted", text="已加装充电桩 12 个", result="adopted")
    case.bureau("reviewer.gu", "review", state="reviewed")
    case.bureau("chief", "sign", state="signed", document="即应急办〔2026〕12号")
    answer = case.notice("answer")
    assert case.number in answer["text"], answer
    assert "已加装充电桩 12 个" in answer["text"] and "12号" in answer["text"], answer      # what was done, and the document
    wait_until(lambda: case.state == "answered", what="the answer is delivered")
    case.submitter("satisfied", state="closed", rating="satisfied")
    assert case.log == ["opened", "accept", "approve", "sign_for", "attempt", "contact", "note", "draft", "review",
                        "sign", "delivered", "satisfied"]
    s.drained()


def test_the_submitter_sees_every_move_but_not_what_was_said_inside(s):
    case = Case(s, "assigned")
    moved = {event: case.app.find(lambda e: e.type == "case.changed" and e.case == case.number and e["event"] == event)
             for event in ("opened", "accept", "approve")}
    assert [e["state"] for e in moved.values()] == ["received", "accepted", "assigned"]
    assert moved["accept"]["details"] == {} and "actor" not in moved["accept"].data
    own = case.console.find(lambda e: e.type == "case.changed" and e.case == case.number and e["event"] == "accept")
    assert own["details"]["unit"] == "fire" and own["actor"] == "intake.lin"


def test_a_case_can_be_refused(s):
    case = Case(s)
    case.bureau("intake.lin", "refuse", refused="invalid")          # a reason is needed
    case.bureau("intake.lin", "refuse", state="refused", reason="不属于本局职责")
    case.notice("refused")
    case.bureau("intake.lin", "accept", refused="not-now", unit="fire", term=5)
    assert s.one("SELECT closed_at IS NOT NULL FROM routing.cases WHERE case_no = %s", case.no)


def test_more_is_asked_for_and_given(s):
    case = Case(s)
    case.bureau("intake.lin", "ask_more", state="supplement", wanted="请写明楼号")
    assert "楼号" in case.notice("supplement_wanted")["text"]
    case.submitter("supplement", state="received", text="3 号楼")
    case.bureau("intake.lin", "accept", state="accepted", unit="fire", term=5)


def test_a_case_is_passed_on(s):
    case = Case(s)
    case.bureau("intake.lin", "pass_on", state="passed_on", recipient="住建局", reason="属其职责")
    assert "住建局" in case.notice("passed_on")["text"]


def test_the_chief_sends_back_and_the_unit_is_open_again(s):
    case = Case(s, "accepted")
    case.bureau("chief", "send_back", state="received", reason="请改派")
    assert s.one("SELECT unit FROM routing.cases WHERE case_no = %s", case.no) is None
    case.bureau("intake.lin", "accept", state="accepted", unit="flood", term=5)


def test_the_chief_may_change_what_was_proposed(s):
    case = Case(s, "accepted")
    case.bureau("deputy", "approve", state="assigned", unit="flood", term=9)
    assert s.one("SELECT unit FROM routing.cases WHERE case_no = %s", case.no) == "flood"
    s.drained()
    assert s.one("SELECT budget FROM watchdog.clock WHERE case_no = %s AND name = 'handling'", case.no) == 9


def test_a_unit_returns_what_is_not_its_business(s):
    case = Case(s, "assigned")
    case.bureau("fire.su", "return", refused="forbidden", reason="x")     # only its head
    case.bureau("fire.head", "return", state="returned", reason="属防汛抗旱科")
    case.bureau("escalation.yu", "redirect", state="assigned", unit="flood", reason="按职责分工")
    case.bureau("flood.jiang", "sign_for", state="assigned")
    case.bureau("fire.su", "sign_for", refused="forbidden")


def test_a_draft_is_reworked_twice(s):
    case = Case(s, "drafted")
    case.bureau("reviewer.gu", "rework", state="handling", reason="依据不足")
    case.bureau("fire.su", "draft", state="drafted", text="补充依据", result="partly_adopted", reason="经费")
    case.bureau("reviewer.gu", "review", state="reviewed")
    case.bureau("chief", "rework", state="handling", reason="措辞")


def test_who_is_dissatisfied_gets_it_done_again(s):
    case = Case(s, "signed")
    wait_until(lambda: case.state == "answered", what="the answer is delivered")
    case.submitter("dissatisfied", state="handling", reason="仍有车辆停放")
    s.drained()
    told = wait_until(lambda: s.rows("SELECT recipient FROM notify.delivery d JOIN notify.notice n USING (notice_key) "
                                     "WHERE n.case_no = %s AND n.template = 'redo'", case.no) or
                      s.rows("SELECT wanted FROM notify.unreached WHERE notice_key LIKE %s", f"{case.no}/redo/%"))
    assert told


def test_a_submitter_withdraws(s):
    case = Case(s, "assigned")
    case.submitter("withdraw", state="withdrawn", reason="问题已解决")
    s.drained()
    assert s.rows("SELECT name FROM watchdog.clock WHERE case_no = %s AND running", case.no) == []


def test_the_wrong_role_is_refused(s):
    case = Case(s)
    case.bureau("fire.su", "accept", refused="forbidden", unit="fire", term=5)
    case.bureau("intake.lin", "accept", state="accepted", unit="fire", term=5)
    case.bureau("intake.lin", "approve", refused="forbidden")


def test_another_unit_may_not_act(s):
    case = Case(s, "assigned")
    case.bureau("flood.jiang", "sign_for", refused="forbidden")
    case.bureau("flood.head", "return", refused="forbidden", reason="x")
    case.bureau("fire.su", "sign_for", state="assigned")


def test_another_supervisor_may_not_withdraw_it(s):
    case = Case(s)
    case.person = "supervisor.bao"
    case.submitter("withdraw", refused="forbidden", reason="x")


def test_a_command_that_does_not_fit_the_state_is_refused(s):
    case = Case(s)
    case.bureau("chief", "approve", refused="not-now")
    case.bureau("chief", "sign", refused="not-now", document="x")
    assert case.state == "received"


def test_an_unknown_command_and_an_unknown_argument_are_refused(s):
    case = Case(s)
    case.bureau("intake.lin", "promote", refused="unknown-command")
    outcome = case.bureau("intake.lin", "accept", refused="invalid", unit="fire", term=5, colour="red")
    expect(outcome, "command.refused", "invalid", pointer="/data/arguments/colour")


def test_nobody_can_play_the_system(s):
    case = Case(s, "reviewed")
    case.bureau("chief", "sign", state="signed", document="1")
    case.bureau("chief", "delivered", refused="forbidden", delivered_at=now()) if case.state == "signed" else None
    wait_until(lambda: case.state == "answered")
    assert case.log.count("delivered") == 1


def test_contact_cannot_be_said_to_happen_tomorrow(s):
    case = Case(s, "assigned")
    outcome = case.bureau("fire.su", "contact", refused="invalid", contacted_at=now(60 * 24), how="电话", summary="x")
    expect(outcome, "command.refused", "invalid", pointer="/data/arguments/contacted_at")


def test_a_lower_expected_version_is_a_conflict(s):
    case = Case(s, "accepted")
    case.bureau("chief", "approve", refused="conflict", expected_version=1)
    s.drained()
    seen = s.one("SELECT version FROM routing.cases WHERE case_no = %s", case.no)
    case.bureau("chief", "approve", state="assigned", expected_version=seen)


def test_a_reminder_in_between_is_no_conflict(s):
    case = Case(s, "accepted")
    seen = case.console.find(lambda e: e.type == "case.changed" and e.case == case.number and e["event"] == "accept")
    wait_until(lambda: s.one("SELECT count (*) FROM routing.case_log WHERE case_no = %s AND event = 'rung'", case.no),
               what="the watchdog reminds")
    case.bureau("chief", "approve", state="assigned", expected_version=seen["version"])


def test_a_higher_expected_version_waits_for_what_comes_before(s):
    case = Case(s)
    early = case.console.command(case.number, "approve", person="chief", expected_version=2)
    expect(case.console.ask(early), "receipt")
    wait_until(lambda: s.one("SELECT count (*) FROM routing.waiting WHERE case_no = %s", case.no) == 1)
    case.bureau("intake.lin", "accept", unit="fire", term=5)
    assert case.console.outcome(early["id"])["state"] == "assigned"
    assert s.one("SELECT count (*) FROM routing.waiting WHERE case_no = %s", case.no) == 0


def test_what_never_becomes_possible_is_refused_after_half_a_minute(s):
    case = Case(s)
    early = case.console.command(case.number, "approve", person="chief", expected_version=7)
    expect(case.console.ask(early), "receipt")
    expect(case.console.outcome(early["id"], timeout=40), "command.refused", "too-late")


def test_a_paper_letter_counts_from_the_day_it_came(s):
    case = Case(s, received_on_paper={"received_at": "2026-11-20T09:00:00+08:00", "how": "信函"})
    s.drained()
    anchor = wait_until(lambda: s.one("SELECT anchor FROM watchdog.clock WHERE case_no = %s AND name = 'acceptance'",
                                      case.no))
    assert anchor.isoformat().startswith("2026-11-20T01:00:00"), anchor
