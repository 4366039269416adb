"""Bad input: a problem where somebody is known, and no neighbour notices."""

import json
import random

from e2e.client import submission
from e2e.stage import expect, wait_until

SERVICES = ["intake", "routing"]


def good(client, **more):
    return client.event("submission", submission(**more))


def text(event):
    return json.dumps(event, ensure_ascii=False).encode()


#  Each of `cases` is answered with its problem, and the door goes on
def each_refused(s, cases):
    app = s.client("app")
    for name, bytes_, slug in cases:
        reply = app.says(bytes_)
        assert reply is not None, f"{name}: silence"
        assert reply.slug == slug, f"{name}: expected {slug}, got {reply}"
    expect(app.submit(), "receipt")
    assert s.one("SELECT count (*) FROM intake.submission WHERE event_id = 'bad'") == 0


def test_what_is_not_json_is_malformed(s):
    event = text(s.client("app").event("submission", submission(), id="bad"))
    each_refused(s, [
        ("empty", b"", "malformed"),
        ("a word", b"hello", "malformed"),
        ("single quotes", event.replace(b'"', b"'"), "malformed"),
        ("trailing comma", event[:-1] + b",}", "malformed"),
        ("trailing garbage", event + b"x", "malformed"),
        ("two events", event + event, "malformed"),
        ("comment", b"/* */" + event, "malformed"),
        ("byte order mark", b"\xef\xbb\xbf" + event, "malformed"),
        ("UTF-16", event.decode().encode("utf-16"), "malformed"),
        ("GB18030", event.decode().encode("gb18030"), "malformed"),
        ("NaN", event.replace(b"true", b"NaN"), "malformed"),
        ("Infinity", event.replace(b"true", b"Infinity"), "malformed"),
        ("leading zero", event.replace(b"true", b"01"), "malformed"),
        ("1e400", event.replace(b"true", b"1e400"), "malformed"),
        ("NUL between", event.replace(b", ", b",\0", 1), "malformed"),
    ])


def test_what_is_cut_off_anywhere_is_malformed(s):
    app = s.client("app")
    event = text(app.event("submission", submission(), id="bad"))
    for length in range(1, len(event), 7):
        reply = app.says(event[:length])
        assert reply is not None and reply.slug == "malformed", f"cut at {length}: {reply}"


def test_text_that_is_not_unicode_is_malformed(s):
    event = text(s.client("app").event("submission", submission(title="MARK"), id="bad"))
    each_refused(s, [(name, event.replace(b"MARK", bytes_), "malformed") for name, bytes_ in [
        ("bad UTF-8", b"\xff\xfe"), ("cut UTF-8", b"\xe4\xb8"), ("overlong", b"\xc0\xaf"),
        ("a surrogate as UTF-8", b"\xed\xa0\x80"), ("beyond Unicode", b"\xf5\x80\x80\x80"),
        ("escaped NUL", rb"\u0000"), ("lone high surrogate", rb"\ud800"), ("lone low surrogate", rb"\udc00"),
        ("surrogates in the wrong order", rb"\udc00\ud800"), ("a raw control character", b"\x01"),
        ("a raw line end", b"\n"), ("an unknown escape", rb"\x41")]])


def test_a_member_twice_is_malformed(s):
    event = text(s.client("app").event("submission", submission(), id="bad"))
    each_refused(s, [
        ("in the event", event.replace(b'"id"', b'"id": "bad", "id"'), "malformed"),
        ("in data", event.replace(b'"title"', b'"title": "x", "title"'), "malformed"),
        ("escaped differently", event.replace(b'"title"', rb'"\u0074itle": "x", "title"'), "malformed"),
    ])


def test_what_is_too_much_is_said_to_be(s):
    app = s.client("app")
    event = text(app.event("submission", submission(text="MARK"), id="bad"))
    each_refused(s, [
        ("64 KiB and a bit", event.replace(b"MARK", "长".encode() * 22000), "too-large"),
        ("depth 17", event.replace(b'"MARK"', b"[" * 17 + b"]" * 17), "too-deep"),
        ("depth 10,000", event.replace(b'"MARK"', b"[" * 10000 + b"]" * 10000), "too-deep"),
        ("depth 10,000, never closed", b"[" * 10000, "too-deep"),
        ("depth 10,000 of objects", b'{"a":' * 10000 + b"1" + b"}" * 10000, "too-deep"),
        ("6,000 values", event.replace(b'"MARK"', b"[" + b"1," * 6000 + b"1]"), "too-many-values"),
        ("many empty objects", b"[" + b"{}," * 20000 + b"{}]", "too-many-values"),
    ])


def test_a_frame_over_the_limit_of_the_wire_cuts_only_who_sent_it(s):
    neighbour, giant = s.client("app"), s.client("app")
    expect(neighbour.submit(), "receipt")
    giant.throw_soon(b" " * (300 << 10))
    for _ in range(5):
        expect(neighbour.submit(), "receipt")
    assert giant.hear(0.5) is None
    expect(giant.submit(), "receipt")       # it may come again


def test_what_is_not_an_event_is_said_so(s):
    app = s.client("app")
    event = app.event("submission", submission(), id="bad")

    def but(**changes):
        return text({name: value for name, value in {**event, **changes}.items() if value != "-"})
    each_refused(s, [
        ("an array", b"[]", "not-an-event"), ("a number", b"1", "malformed"), ("nothing", b"{}", "not-an-event"),
        ("null", b"null", "malformed"),
        ("no id", but(id="-"), "not-an-event"), ("a number as id", but(id=7), "not-an-event"),
        ("empty id", but(id=""), "not-an-event"), ("id of 129 bytes", but(id="x" * 129), "not-an-event"),
        ("id with a line end", but(id="a\nb"), "not-an-event"),
        ("no type", but(type="-"), "not-an-event"), ("no source", but(source="-"), "not-an-event"),
        ("no version", but(specversion="-"), "not-an-event"), ("version 0.3", but(specversion="0.3"), "not-an-event"),
        ("a day without time", but(time="2026-11-23"), "not-an-event"),
        ("a time without zone", but(time="2026-11-23T10:00:00"), "not-an-event"),
        ("the 30th of February", but(time="2026-02-30T10:00:00Z"), "not-an-event"),
        ("base64", but(data_base64="AAAA"), "not-an-event"),
        ("an attribute with a capital", but(Colour="red"), "not-an-event"),
        ("an attribute that is an object", but(colour={}), "not-an-event"),
        ("an unknown type", but(type="cn.gov.duban.wish.v1"), "unknown-type"),
        ("a reply as a request", but(type="cn.gov.duban.receipt.v1"), "unknown-type"),
        ("a newer version of a type", but(type="cn.gov.duban.submission.v2"), "unknown-type"),
    ])


def test_wrong_types_are_invalid_and_the_pointer_says_where(s):
    app = s.client("app")
    for name, value in [("title", 7), ("title", ""), ("title", "长" * 201), ("title", None), ("title", ["x"]),
                        ("title", "a\nb"), ("title", "a\u202eb"), ("text", "x" * 20001), ("kind", "Wish!"),
                        ("no_secrets", False), ("no_secrets", "true"), ("no_secrets", 1), ("urgency", "very"),
                        ("happened_on", "2026-02-30"), ("secrecy", "top"), ("for_public", 0), ("parties", []),
                        ("recusal", {}), ("attachments", {}), ("colour", "red"), ("__proto__", {})]:
        data = submission()
        data[name] = value
        reply = app.submit(data, id="bad")
        expect(reply, "problem", "invalid")
        pointers = [error["pointer"] for error in reply["errors"]]
        assert any(pointer.startswith(f"/data/{name}") for pointer in pointers), f"{name}={value!r}: {pointers}"
    for name in ("title", "text", "procedure", "kind", "no_secrets"):
        data = submission()
        del data[name]
        expect(app.submit(data, id="bad"), "problem", "invalid", pointer=f"/data/{name}")


def test_commands_are_as_strict(s):
    app = s.client("app")
    case = expect(app.submit(), "receipt").case
    for data, pointer in [({"command": "withdraw"}, "/data/case"), ({"case": case}, "/data/command"),
                          ({"case": case, "command": "withdraw", "arguments": {"x": {}}}, "/data/arguments/x"),
                          ({"case": case, "command": "withdraw", "arguments": []}, "/data/arguments"),
                          ({"case": case, "command": "withdraw", "arguments": {"x": 1.5}}, "/data/arguments/x"),
                          ({"case": case, "command": "withdraw", "expected_version": "1"}, "/data/expected_version"),
                          ({"case": case, "command": "withdraw", "expected_version": 0}, "/data/expected_version"),
                          ({"case": case, "command": "withdraw", "expected_version": 2 ** 40}, "/data/expected_version"),
                          ({"case": 7, "command": "withdraw"}, "/data/case"),
                          ({"case": case, "command": "x" * 41}, "/data/command")]:
        expect(app.ask(app.event("command", data)), "problem", "invalid", pointer=pointer)


def test_a_case_that_does_not_exist_is_unknown(s):
    app = s.client("app")
    case = expect(app.submit(), "receipt").case
    wrong_digit = case[:-1] + str((int(case[-1]) + 1) % 10)
    expect(app.ask(app.command(wrong_digit, "withdraw", reason="x")), "problem", "unknown-case", pointer="/data/case")
    other_bureau = "XX" + case[2:]
    expect(app.ask(app.command(other_bureau, "withdraw", reason="x")), "problem", "unknown-case")
    expect(app.ask(app.command("JM-2026-999999-9", "withdraw", reason="x")), "problem", "unknown-case")


def test_a_feed_cannot_be_read_in_a_wrong_way(s):
    app = s.client("app")
    for data in ({}, {"after": -1}, {"after": 0, "limit": 0}, {"after": 0, "limit": 201}, {"after": "0"},
                 {"after": 0, "wait_ms": 30001}, {"after": 2 ** 63}, {"after": 0, "colour": 1}):
        reply = app.ask(app.event("feed.read", data))
        assert reply.slug in ("invalid", "malformed"), f"{data}: {reply}"


def test_a_replayed_id_with_another_body_changes_nothing(s):
    app = s.client("app")
    first = expect(app.submit(title="原件"), "receipt")
    for change in ({"title": "改件"}, {"urgency": "urgent"}, {"kind": "lead"}):
        expect(app.submit(submission(**{"title": "原件", **change}), id=first.cause), "problem", "id-reused")
    blank = json.dumps(app.asked[first.cause], ensure_ascii=False, indent=2).encode()
    expect(app.says(blank), "problem", "id-reused")         # the bytes count, not the meaning
    assert s.one("SELECT title FROM routing.cases WHERE case_no = %s", first.case_no) in ("原件", None)


def test_several_frames_are_not_an_event(s):
    app = s.client("app")
    event = text(good(app))
    expect(app.says(event, event), "problem", "not-an-event")
    expect(app.says(b"x", b"y", event), "problem", "not-an-event")
    expect(app.says(b"", event), "receipt")                # as a REQ would send it


def test_bad_neighbours_in_one_batch_harm_nobody(s):
    app = s.client("flood")
    seed = random.Random(7)
    bad = [b"", b"{", b"[]", b"{}", b"\xff", b"[" * 10000, b"1" * 60000, text(app.event("wish", {})),
           text(app.event("submission", {"title": 1})), text(app.event("command", {"case": "x", "command": "y"}))]
    events = [good(app, title=f"好邻居 {n}") for n in range(300)]
    mixed = [text(event) for event in events] + [seed.choice(bad) for _ in range(300)]
    seed.shuffle(mixed)
    app.asked.update({event["id"]: event for event in events})
    replies = []
    for at in range(0, len(mixed), 100):
        for bytes_ in mixed[at:at + 100]:
            assert app.throw_soon(bytes_)
        replies += [app.note(app.hear()) for _ in mixed[at:at + 100]]
    assert sum(reply.is_receipt for reply in replies) == 300
    assert sum(reply.type == "problem" for reply in replies) == 300
    ids = {event["id"] for event in events}
    assert set(app.answered) >= ids
    wait_until(lambda: s.one("SELECT count (*) FROM routing.cases c JOIN intake.submission b USING (case_no) "
                             "WHERE b.opens AND b.event_id = ANY (%s)", list(ids)) == 300)


def test_odd_but_right_text_comes_through_unchanged(s):
    app = s.client("app")
    odd = "𠮷野家😀\t'; DROP TABLE x; -- %n%s $1 \\copy <b>../../etc</b> \u200b\ufffe e\u0301 é עברית"
    reply = expect(app.submit(submission(text=odd)), "receipt")
    document = s.one("SELECT convert_from (document, 'UTF8') FROM intake.submission WHERE case_no = %s", reply.case_no)
    assert json.loads(document)["data"]["text"] == odd


def test_a_thousand_random_mutations_are_all_answered(s):
    app, seed = s.client("flood"), random.Random(11)
    event = text(app.event("submission", submission(title="变异"), id="mutant"))
    for number in range(1000):
        bytes_ = bytearray(event)
        for _ in range(seed.randint(1, 8)):
            where = seed.randrange(len(bytes_))
            how = seed.randrange(4)
            if how == 0:
                bytes_[where] = seed.randrange(256)
            elif how == 1:
                del bytes_[where:where + seed.randint(1, 20)]
            elif how == 2:
                bytes_[where:where] = seed.choice([b"{", b"[", b'"', b"\\u0000", b"\0", b"null", b"1e999", b"\xc3"])
            else:
                bytes_ += bytes_[where:where + 30]
        assert app.throw_soon(bytes(bytes_))
        if number % 50 == 49:
            heard = [app.hear(5) for _ in range(50)]
            assert None not in heard, f"silence at {number}"


def test_nothing_of_a_stranger_is_written_raw_into_the_log(s):
    app = s.client("app")
    app.says(text(app.event("submission", {"\u001b[31mred\r\n{\"level\":\"error\"": 1})))
    app.says(text({**app.event("submission", submission()), "type": "\u001b]0;evil\u0007\n\nfake"}))
    for process in s.processes:
        log = process.text()
        assert "\u001b" not in log and "\r" not in log
        assert all(line.get("level") != "raw" for line in process.lines()), log[-500:]
