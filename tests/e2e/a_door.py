"""The door answers: one in, one out."""

import json

import zmq

from e2e.stage import expect, submission, wait_until

SERVICES = ["intake", "routing"]


def test_a_submission_is_answered_with_a_receipt(s):
    app = s.client("app")
    reply = expect(app.submit(title="灭火器过期"), "receipt", received="收悉")
    year = reply["recorded_at"][:4]
    assert reply.case.startswith(f"JM-{year}-"), reply
    assert s.one("SELECT case_no FROM intake.submission WHERE event_id = %s", reply.cause) == reply.case_no
    wait_until(lambda: s.one("SELECT state FROM routing.cases WHERE number = %s", reply.case) == "received")


def test_the_bytes_are_kept_as_they_came(s):
    app = s.client("app")
    event = app.event("submission", submission(text="原样保存\n  两个空格"), person="supervisor.an")
    text = json.dumps(event, ensure_ascii=False, indent=1).encode()
    reply = expect(app.says(text), "receipt")
    kept, actor = s.rows("SELECT document, actor FROM intake.submission WHERE case_no = %s", reply.case_no)[0]
    assert bytes(kept) == text
    assert actor == "supervisor.an"


def test_the_same_id_and_body_again_get_the_same_receipt(s):
    app = s.client("app")
    event = app.event("submission", submission(title="重复提交"))
    first = expect(app.ask(event), "receipt")
    again = expect(app.ask(event), "receipt")
    assert first.data == again.data
    assert s.one("SELECT count (*) FROM intake.submission WHERE event_id = %s", event["id"]) == 1
    wait_until(lambda: s.one("SELECT 1 FROM routing.cases WHERE case_no = %s", first.case_no))
    s.drained()
    assert s.one("SELECT count (*) FROM routing.case_log WHERE case_no = %s", first.case_no) == 1


def test_the_same_id_a_hundred_times_in_flight_opens_one_case(s):
    app = s.client("app")
    event = json.dumps(app.event("submission", submission(title="同一编号一百次"))).encode()
    for _ in range(100):
        assert app.throw_soon(event)
    replies = [expect(app.hear(), "receipt") for _ in range(100)]
    assert len({reply.case for reply in replies}) == 1


def test_an_id_used_again_for_something_else_is_a_conflict(s):
    app = s.client("app")
    first = expect(app.submit(title="第一次"), "receipt")
    expect(app.submit(title="第二次", id=first.cause), "problem", "id-reused", status=409)
    assert s.one("SELECT count (*) FROM intake.submission WHERE event_id = %s", first.cause) == 1


def test_another_source_may_use_the_same_id(s):
    app, hotline = s.client("app"), s.client("hotline")
    first = expect(app.submit(title="手机端"), "receipt")
    second = expect(hotline.submit(title="热线", id=first.cause), "receipt")
    assert first.case != second.case


def test_a_req_socket_is_served_as_well(s):
    app = s.client("app", kind=zmq.REQ)
    expect(app.submit(title="REQ"), "receipt")
    expect(app.submit(title="REQ 再来"), "receipt")


def test_two_connections_of_one_key_get_their_own_answers(s):
    one, two = s.client("app"), s.client("app")
    for number in range(20):
        first, second = one.event("submission", submission()), two.event("submission", submission())
        assert one.tell(first) and two.tell(second)
        assert one.hear().cause == first["id"] and two.hear().cause == second["id"]


def test_over_quota_is_said_and_how_long_to_wait(s):
    tiny = s.client("tiny")
    for _ in range(3):
        expect(tiny.submit(once=True), "receipt")
    reply = expect(tiny.submit(once=True), "problem", "quota", status=429, retryable=True)
    assert 0 < reply["retry_after_ms"] <= 1100, reply
    expect(s.client("app").submit(), "receipt")     # the neighbour does not notice
    expect(tiny.submit(), "receipt")                # a second later it may go on


def test_a_source_may_only_open_what_it_is_allowed_to(s):
    app = s.client("app")
    data = submission()
    data["procedure"] = "petition"
    expect(app.submit(data), "problem", "forbidden")


def test_the_feed_tells_what_happened_and_is_read_by_cursor(s):
    app = s.client("hotline")
    s.drained()
    start = app.read(after=0, limit=200)["next"]
    cases = [expect(app.submit(title=f"第{n}件"), "receipt").case for n in range(5)]
    app.cursor = start
    wait_until(lambda: (app.catch_up(), len([e for e in app.seen if e.type == "case.changed"]) >= 5)[1])
    opened = [e for e in app.seen if e.type == "case.changed" and e["event"] == "opened"]
    assert sorted(e.case for e in opened) == sorted(cases)
    sequence = [int(e.event["sequence"]) for e in app.seen]
    assert sequence == list(range(start + 1, start + 1 + len(sequence))), sequence
    page = app.read(after=start, limit=2)
    assert len(page["events"]) == 2 and page["more"] and page["next"] == start + 2
    assert app.read(after=start + 2, limit=1)["events"][0]["sequence"] == str(start + 3)


def test_a_reader_who_waits_is_woken_by_news(s):
    reader, app = s.client("hotline"), s.client("hotline")
    s.drained()
    while reader.catch_up():
        pass
    question = reader.event("feed.read", {"after": reader.cursor, "limit": 10, "wait_ms": 10000})
    reader.tell(question)
    assert reader.hear(0.5) is None
    case = expect(app.submit(title="唤醒"), "receipt").case
    page = expect(reader.hear(3), "feed.page")
    assert page["events"][0]["data"]["case"] == case


def test_nothing_new_within_the_wait_is_an_empty_page(s):
    reader = s.client("tiny")
    s.drained()
    while reader.catch_up():
        pass
    page = expect(reader.read(wait_ms=300), "feed.page", events=[], more=False)
    assert page["next"] == reader.cursor


def test_a_source_reads_only_its_own_feed(s):
    app, hotline = s.client("app"), s.client("hotline")
    case = expect(app.submit(title="只给手机端"), "receipt").case
    app.find(lambda e: e.data.get("case") == case)
    s.drained()
    while hotline.catch_up():
        pass
    assert not [e for e in hotline.seen if e.data.get("case") == case]


def test_while_routing_is_down_the_door_takes_until_its_bound_then_says_busy(s):
    s.settings["intake"] = {"DUBAN_BACKLOG_BOUND": "3"}
    s.start("intake")
    flood = s.client("flood")
    receipts = []
    for _ in range(200):
        reply = flood.submit(once=True)
        if not reply.is_receipt:
            break
        receipts.append(reply)
    expect(reply, "problem", "busy", status=503, retryable=True)
    assert len(receipts) >= 3
    s.start("routing")
    wait_until(lambda: s.one("SELECT count (*) FROM routing.cases") == len(receipts))
    expect(flood.submit(), "receipt")


test_while_routing_is_down_the_door_takes_until_its_bound_then_says_busy.alone = True
