"""What a procedure can say beside the straight way: rulings, extensions, suspension, recusal, merging."""

import json

from e2e.life import Case
from e2e.stage import expect, wait_until

SERVICES = ["intake", "routing", "watchdog", "notify"]


#  What `dubanctl explain` says of a clock, once the watchdog knows all that routing has told
def explained(s, case, clock):
    s.drained()
    return json.loads(s.ctl("explain", case.number, clock, "--json").stdout)["explanation"]


def last_day(s, case, clock="handling"):
    s.drained()
    return s.one("SELECT due_date FROM watchdog.clock WHERE case_no = %s AND name = %s", case.no, clock)


def ops(s, case, clock="handling"):
    s.drained()
    ledger = s.one("SELECT ledger FROM api.clock WHERE case_no = %s AND name = %s", case.no, clock)
    return [entry["op"] for entry in json.loads(ledger or "[]")]


def told(s, case, template):
    def notices():
        s.drained()
        return s.one("SELECT count (*) FROM notify.notice WHERE case_no = %s AND template = %s", case.no, template)
    return wait_until(notices, what=f"notice {template}")


#  --- extension

def test_an_extension_is_asked_for_granted_once_and_told_to_the_submitter(s):
    case = Case(s, "handling")
    before = last_day(s, case)
    case.bureau("chief", "grant_extension", refused="not-now")              # nobody has asked
    case.bureau("fire.su", "ask_extension", state="handling", days=5, reason="需专家论证")
    case.bureau("fire.su", "ask_extension", refused="not-now", days=5, reason="再申请")
    case.bureau("fire.su", "grant_extension", refused="forbidden")
    case.bureau("deputy", "grant_extension", state="handling", note="同意")
    case.notice("extended")
    after = last_day(s, case)
    assert after > before and (after - before).days >= 5, (before, after)
    explanation = explained(s, case, "handling")
    assert explanation["due"] == after.isoformat(), explanation
    assert ops(s, case) == ["extend"]
    case.bureau("fire.su", "ask_extension", state="handling", days=5, reason="仍需时间")
    case.bureau("deputy", "grant_extension", refused="not-now")             # once is enough
    assert last_day(s, case) == after


def test_the_leader_may_grant_less_than_was_asked_for_or_nothing(s):
    case = Case(s, "handling")
    before = last_day(s, case)
    case.bureau("fire.su", "ask_extension", days=10, reason="需专家论证")
    case.bureau("deputy", "refuse_extension", state="handling", reason="抓紧办理")
    assert last_day(s, case) == before
    case.bureau("fire.su", "ask_extension", days=10, reason="专家下周到场")
    case.bureau("deputy", "grant_extension", days=1)
    assert 1 <= (last_day(s, case) - before).days <= 9                      # one working day, over any holiday


def test_after_the_term_it_is_too_late_to_ask(s):
    s.start(*SERVICES)
    case = Case(s, "handling")
    s.drained()
    s.clock(f"{last_day(s, case)} 23:59:00")
    case.bureau("fire.su", "note", text="仍在办理")
    moment = s.one("SELECT (breach_at + interval '1 minute') FROM watchdog.clock WHERE case_no = %s AND name = 'handling'",
                   case.no)
    s.clock(moment)
    wait_until(lambda: "handling_breached" in (s.one("SELECT convert_from (fields, 'UTF8') FROM routing.cases "
                                                     "WHERE case_no = %s", case.no) or ""), 20, "the breach is known")
    case.bureau("fire.su", "ask_extension", refused="not-now", days=5, reason="来不及")


test_after_the_term_it_is_too_late_to_ask.alone = True


#  --- suspension

def test_a_suspended_case_consumes_nothing_and_has_no_last_day(s):
    case = Case(s, "handling")
    before = last_day(s, case)
    case.bureau("chief", "suspend", refused="invalid", reason="等待鉴定")    # evidence is needed
    case.bureau("chief", "suspend", state="suspended", reason="等待鉴定", evidence="鉴定委托书")
    assert last_day(s, case) is None
    assert ops(s, case) == ["suspend"]
    case.bureau("fire.su", "draft", refused="not-now", text="x", result="adopted")
    case.bureau("fire.head", "resume", state="handling", reason="鉴定完成")
    assert last_day(s, case) >= before
    assert ops(s, case) == ["suspend", "resume"]
    case.notice("suspended")
    case.notice("resumed")


#  --- return, ruling, transfer

def test_after_a_ruling_there_is_no_second_return(s):
    case = Case(s, "assigned")
    first = last_day(s, case, "first_contact")
    case.bureau("fire.head", "return", state="returned", reason="不属本科室")
    case.bureau("fire.head", "uphold", refused="forbidden", reason="x")
    case.bureau("escalation.yu", "uphold", state="assigned", reason="职责所在")
    case.bureau("fire.head", "return", refused="not-now", reason="仍不属")
    assert last_day(s, case, "first_contact") == first                      # kept over the return
    case.bureau("fire.su", "sign_for", state="assigned")


def test_a_redirected_case_belongs_to_the_other_unit(s):
    case = Case(s, "assigned")
    case.bureau("fire.head", "return", state="returned", reason="属防汛")
    case.bureau("chief", "redirect", refused="invalid", reason="按职责")     # to whom?
    case.bureau("chief", "redirect", state="assigned", unit="flood", reason="按职责")
    case.bureau("flood.head", "return", refused="not-now", reason="不属")
    told(s, case, "transferred")


def test_a_transfer_keeps_the_first_contact_term_but_leaves_two_days(s):
    case = Case(s, "assigned")
    anchor = s.one("SELECT anchor FROM watchdog.clock WHERE case_no = %s AND name = 'first_contact'", case.no) or \
        wait_until(lambda: s.one("SELECT anchor FROM watchdog.clock WHERE case_no = %s AND name = 'first_contact'", case.no))
    case.bureau("escalation.yu", "transfer", state="assigned", unit="flood", reason="改派")
    assert ops(s, case, "first_contact") == ["floor"]
    own = s.one("SELECT anchor FROM watchdog.clock WHERE case_no = %s AND name = 'unit_contact'", case.no)
    kept = s.one("SELECT anchor FROM watchdog.clock WHERE case_no = %s AND name = 'first_contact'", case.no)
    assert kept == anchor and own > anchor, (anchor, kept, own)
    case.bureau("fire.su", "sign_for", refused="forbidden")
    case.bureau("flood.jiang", "sign_for", state="assigned")


#  --- co-units

def test_co_units_contribute_each_until_all_have(s):
    case = Case(s, "handling")
    case.bureau("flood.jiang", "contribute", refused="forbidden", text="x")
    case.bureau("fire.head", "ask_co_units", state="handling", co_units=["flood", "brigade"], text="请核实")
    told(s, case, "co_unit_asked")

    def runs():
        s.drained()
        return s.one("SELECT running FROM watchdog.clock WHERE case_no = %s AND name = 'contribution'", case.no)
    assert runs()
    case.bureau("flood.jiang", "contribute", state="handling", text="河道无违建")
    assert runs()
    case.bureau("brigade.shi", "contribute", state="handling", text="已现场核查")
    assert not runs()
    case.bureau("flood.jiang", "draft", refused="forbidden", text="x", result="adopted")    # the lead unit answers


#  --- merging

def test_duplicates_are_merged_and_both_submitters_hear_of_the_answer(s):
    case, twin = Case(s, "reviewed"), Case(s, person="supervisor.bao")
    twin.bureau("intake.lin", "merge", refused="invalid", reason="重复")
    twin.bureau("intake.lin", "merge", refused="not-now", into=twin.number, reason="重复")
    twin.bureau("intake.lin", "merge", state="merged", into=case.number, reason="重复")
    assert case.number in twin.notice("merged")["text"]
    assert case.log[-1] == "merged"
    case.bureau("chief", "sign", state="signed", document="即应急办〔2026〕9号")
    told_to = {case.app.find(lambda e, who=who: e.type == "notice" and e["template"] == "answer" and
                             e["case"] == case.number and e["to"] == who, 20)["to"]
               for who in ("supervisor.an", "supervisor.bao")}
    assert told_to == {"supervisor.an", "supervisor.bao"}
    twin.bureau("intake.lin", "accept", refused="not-now", unit="fire", term=5)


#  --- after the answer

def test_who_is_dissatisfied_gets_a_fresh_term(s):
    case = Case(s, "signed")
    wait_until(lambda: case.state == "answered", what="the answer is delivered")
    case.submitter("dissatisfied", state="handling", reason="仍有车辆停放")
    s.drained()
    first, again = (s.one("SELECT min (recorded_at) FROM routing.case_log WHERE case_no = %s AND event = %s",
                          case.no, event) for event in ("approve", "dissatisfied"))
    anchor = s.one("SELECT anchor FROM watchdog.clock WHERE case_no = %s AND name = 'handling' AND running", case.no)
    assert anchor == again > first
    case.bureau("fire.su", "draft", state="drafted", text="已加装隔离桩", result="adopted")


#  --- recusal

#  What persons hear of a command, of one case each: without what differs from one question to the next
def heard(client, *questions):
    events = [client.command(number, "comment", person=person, text="x") for number, person in questions]
    receipts = [set(expect(client.ask(event), "receipt").data) for event in events]
    outcomes = [client.outcome(event["id"], timeout=45).data for event in events]
    return [(members, {**outcome, "command_id": None}) for members, outcome in zip(receipts, outcomes)]


def test_to_the_accused_a_case_is_one_that_never_came(s):
    case = Case(s, "assigned")
    case.bureau("intake.lin", "accuse", state="returned", reason="反映对象", accused=["fire.head"],
                accused_units=["flood"])
    s.drained()
    console = s.client("console")
    lost = Case(s)                                          # taken at the door, but never heard of behind it
    s.drained()
    s.sql("DELETE FROM routing.cases WHERE case_no = %s", lost.no)
    answers = heard(console, (lost.number, "fire.head"), (case.number, "fire.head"), (case.number, "flood.jiang"))
    assert answers[0] == answers[1] == answers[2] and "case" not in answers[0][1], answers
    for secret in ("fire.head", "accused"):
        assert secret not in str(s.rows("SELECT fields FROM api.cases WHERE case_no = %s", case.no)), secret
        assert secret not in str(s.rows("SELECT canonical FROM api.case_log WHERE case_no = %s", case.no)), secret
    case.bureau("chief", "uphold", refused="not-now", reason="x")            # no unit is left that could keep it
    case.bureau("chief", "redirect", refused="invalid", unit="flood", reason="x")
    case.bureau("chief", "redirect", state="assigned", unit="brigade", reason="回避后改派")
    s.drained()
    names = {who for (who,) in s.rows("SELECT d.recipient FROM notify.delivery d JOIN notify.notice n USING (notice_key) "
                                      "WHERE n.case_no = %s AND n.template = 'transferred'", case.no)}
    assert not {name for name in names if "fire.head" in name or "flood" in name}, names


test_to_the_accused_a_case_is_one_that_never_came.limit = 200


def test_who_stands_aside_is_told_so(s):
    case = Case(s, "handling")
    case.bureau("fire.su", "recuse", state="handling", reason="亲属")
    outcome = case.bureau("fire.su", "draft", refused="forbidden", text="x", result="adopted")
    assert "stands aside" in outcome["problem"]["detail"], outcome
    case.bureau("fire.head", "note", state="handling", text="改由科长办理")
    told(s, case, "recused")


def test_the_accused_unit_is_neither_lead_nor_co_unit(s):
    case = Case(s)
    case.bureau("intake.lin", "accuse", state="received", reason="反映对象", accused_units=["fire"])
    expect(case.bureau("intake.lin", "accept", refused="invalid", unit="fire", term=5),
           "command.refused", "invalid", pointer="/data/arguments/unit")
    expect(case.bureau("intake.lin", "accept", refused="invalid", unit="flood", term=5, co_units=["fire"]),
           "command.refused", "invalid", pointer="/data/arguments/co_units")
    case.bureau("intake.lin", "accept", state="accepted", unit="flood", term=5)


def test_handing_over_seals_the_case_and_tells_discipline_inspection(s):
    s.expected.append("a notice reaches nobody")            # there is no inspector in the sample
    case = Case(s, "assigned", title="绝不外传的标题")
    case.bureau("intake.lin", "hand_over", state="handed_over", reason="涉及主要负责人", accused=["chief"])
    s.drained()
    assert s.one("SELECT secrecy FROM routing.cases WHERE case_no = %s", case.no) == 3
    assert s.rows("SELECT title, fields FROM api.cases WHERE case_no = %s", case.no) == [("***", None)]
    assert s.one("SELECT count (*) FROM intake.feed WHERE source = 'discipline'") == 1
    assert s.rows("SELECT name FROM watchdog.clock WHERE case_no = %s AND running", case.no) == []
    case.bureau("deputy", "comment", refused="not-now", text="x")
