"""Notices: once, tried again, and given up visibly."""

import time

from e2e.client import submission
from e2e.life import Case
from e2e.mail_sink import Sink
from e2e.parcel import leave_parcel
from e2e.stage import expect, wait_until

ALL = ["intake", "routing", "watchdog", "notify"]
CHIEF = "chief@bureau.example"


def begin(s, **changes):
    sink = Sink()
    for name, value in changes.items():
        setattr(sink, name, value)
    s.smtp_port = sink.port
    s.start(*ALL)
    return sink


#  The state of the only mail to the chief about this case
def delivery(s, case):
    rows = s.rows("SELECT state, attempts, outcome FROM notify.delivery d JOIN notify.notice n USING (notice_key) "
                  "WHERE case_no = %s AND recipient = 'chief' AND channel = 'email'", case.no)
    assert len(rows) <= 1, rows
    return rows[0] if rows else ("none", 0, None)


def test_a_mail_arrives_once_and_says_what_is_to_be_done(s):
    sink = begin(s)
    case = Case(s, "accepted", title="不写进邮件的标题")
    wait_until(lambda: delivery(s, case)[0] == "delivered", 15, f"delivered: {delivery(s, case)}")
    s.drained()
    mails = sink.to(CHIEF)
    assert len(mails) == 1, mails
    mail = mails[0]
    assert case.number in mail.subject + mail.text
    assert CHIEF in str(mail.header_to) and mail.id
    assert "不写进邮件的标题" not in mail.text and "supervisor.an" not in mail.text      # no substance, no name
    sink.stop()


def test_everybody_concerned_gets_an_own_mail_in_his_language(s):
    sink = begin(s)
    case = Case(s, "accepted")
    case.bureau("chief", "approve", state="assigned", unit="legal")
    wait_until(lambda: sink.to("legal.wei@bureau.example") and sink.to("legal.head@bureau.example"), 15)
    english, chinese = sink.to("legal.wei@bureau.example")[0], sink.to("legal.head@bureau.example")[0]
    assert "交办" in chinese.subject + chinese.text
    assert english.subject.isascii() and english.subject != chinese.subject, english.subject
    assert english.id != chinese.id
    sink.stop()


def test_a_slow_server_delays_only_its_own_mail(s):
    sink = begin(s, delay=3.0)
    case = Case(s, "accepted")
    wait_until(lambda: delivery(s, case)[0] == "sending", 10)
    began = time.monotonic()
    other = Case(s)
    other.notice("acknowledged")                            # the feed does not wait for the mail
    took = time.monotonic() - began
    assert took < 2.0, f"{took:.1f} s"
    assert s.service("notify").get("/livez")[0] == 200
    wait_until(lambda: delivery(s, case)[0] == "delivered", 15)
    assert len(sink.to(CHIEF)) == 1
    sink.stop()


def test_refused_for_now_is_tried_again_until_it_goes(s):
    sink = begin(s, answers=["451 try again later", "421 too busy"])
    case = Case(s, "accepted")
    wait_until(lambda: delivery(s, case)[0] == "delivered", 20, f"delivered: {delivery(s, case)}")
    mails = sink.to(CHIEF)
    assert len(mails) == 3 and len({mail.id for mail in mails}) == 1, [mail.id for mail in mails]
    assert delivery(s, case)[1] == 3
    sink.stop()


def test_refused_for_good_is_dead_and_visible(s):
    s.expected = ["550", "given up", "dead", "alarm"]
    sink = begin(s, answers=["550 no such mailbox"])
    case = Case(s, "accepted")
    wait_until(lambda: delivery(s, case)[0] == "dead", 15, f"dead: {delivery(s, case)}")
    assert "550" in delivery(s, case)[2], delivery(s, case)
    time.sleep(1.5)
    assert len(sink.to(CHIEF)) == 1
    case.bureau("chief", "approve", state="assigned")       # the case goes on
    wait_until(lambda: sink.to("fire.head@bureau.example"), 10)
    s.ctl("status", "--fail-if", "undelivered>0", code=8)
    sink.stop()


def test_while_the_server_is_away_mails_wait_and_then_go(s):
    sink = begin(s)
    sink.stop()
    case = Case(s, "accepted")
    wait_until(lambda: delivery(s, case)[1] >= 1, 10, "tried")
    assert delivery(s, case)[0] in ("queued", "sending")
    case.notice("acknowledged")
    sink.start()
    wait_until(lambda: delivery(s, case)[0] == "delivered", 20, f"delivered: {delivery(s, case)}")
    assert len(sink.to(CHIEF)) == 1
    sink.stop()


def test_without_a_mail_server_mails_wait_until_there_is_one(s):
    s.start(*ALL)
    case = Case(s, "accepted")
    s.drained()
    wait_until(lambda: delivery(s, case)[0] == "queued", 10)
    s.stop("notify")
    sink = Sink()
    s.smtp_port = sink.port
    s.start("notify")
    wait_until(lambda: delivery(s, case)[0] == "delivered", 15)
    sink.stop()


def test_killed_between_sending_and_commit_it_is_sent_again_with_the_same_id(s):
    sink = begin(s, delay=30.0)
    case = Case(s, "accepted")
    wait_until(lambda: sink.to(CHIEF), 15, "the mail is at the server")
    s.kill("notify")                                        # the server has it, the database does not know
    sink.delay = 0.0
    s.start("notify")
    assert delivery(s, case)[0] == "sending"                # its lease is still another's
    s.sql("UPDATE notify.delivery SET next_try_at = now () WHERE state = 'sending' AND channel = 'email'")
    wait_until(lambda: delivery(s, case)[0] == "delivered", 15, f"delivered: {delivery(s, case)}")
    mails = sink.to(CHIEF)
    assert len(mails) == 2 and mails[0].id == mails[1].id, [mail.id for mail in mails]
    sink.stop()


def test_two_notifies_send_each_mail_once(s):
    sink = Sink()
    s.smtp_port = sink.port
    s.start("intake", "routing", "watchdog", notify=2)
    cases = [Case(s, "accepted") for _ in range(10)]
    wait_until(lambda: len(sink.to(CHIEF)) >= 10, 20)
    s.drained()
    time.sleep(1)
    assert len(sink.to(CHIEF)) == len(cases) == len({mail.id for mail in sink.to(CHIEF)})
    sink.stop()


def test_the_feed_of_a_source_confirms_what_it_has(s):
    s.start(*ALL)
    case = Case(s)
    case.notice("acknowledged")
    wait_until(lambda: s.rows("SELECT state FROM notify.delivery d JOIN notify.notice n USING (notice_key) "
                              "WHERE case_no = %s AND channel = 'feed'", case.no) == [("delivered",)], 10)


def test_a_role_that_nobody_holds_is_an_alarm(s):
    s.expected = ["alarm"]
    s.sql("UPDATE notify.person SET active = false WHERE person = 'chief'")
    s.start(*ALL)
    case = Case(s, "accepted")
    wait_until(lambda: s.one("SELECT count (*) FROM notify.unreached WHERE wanted = 'chief' AND notice_key LIKE %s",
                             f"{case.no}/%"), 15)
    assert s.service("notify").metrics().get("duban_alarms_total", 0) >= 1


def test_a_title_cannot_forge_a_header(s):
    sink = begin(s)
    app = s.client("app")
    bad = submission(title="x\r\nBcc: all@people.example")
    expect(app.submit(bad), "problem", "invalid", pointer="/data/title")
    case = Case(s, "accepted", title="Bcc: all@people.example %0d%0a")
    wait_until(lambda: sink.to(CHIEF), 15)
    assert all(b"\nBcc" not in mail.bytes for mail in sink.mails)
    assert {mail.to for mail in sink.mails} <= {CHIEF, "intake@bureau.example"}
    assert delivery(s, case)[0] in ("delivered", "sending")
    sink.stop()


def test_a_notice_that_was_withdrawn_before_it_came_is_never_sent(s):
    sink = begin(s)
    s.stop("notify")
    case = Case(s, "accepted")
    key = f"{case.no}/by-hand/1"
    now = int(time.time() * 1e6)
    notice = {"kind": "notice", "key": key, "case": case.no, "number": case.number, "template": "task",
              "secrecy": 1, "urgent": False, "confirm": False, "to": [{"role": "duty_officer", "unit": None}],
              "arguments": {"no": case.number}, "occurred_at": now, "trace": None}
    leave_parcel(s, "notify", {"kind": "withdraw", "key": key}, schema="routing")
    s.start("notify")
    s.drained()
    leave_parcel(s, "notify", notice, schema="routing")
    wait_until(lambda: s.rows("SELECT withdrawn FROM notify.notice WHERE notice_key = %s", key) == [(True,)], 15)
    s.drained()
    assert not sink.to("duty@bureau.example")
    sink.stop()

