"""Registers: what is known beside the cases, changed through the door and read back, with its history."""

import json
import time
import uuid

from e2e.stage import expect, wait_until

SERVICES = ["intake", "routing"]
CODE, OTHER = "914403001922038216", "91330100799655058B"
QIU = "registrar.qiu"


def put(client, register, key, id=None, person=QIU, **more):
    fields = more.pop("fields", {})
    return client.event("register.put", {"register": register, "key": key, "fields": fields, **more}, id, person)


def end(client, register, key, id=None, person=QIU, **more):
    return client.event("register.end", {"register": register, "key": key, **more}, id, person)


#  Sends it, and waits in the feed for what became of it
def change(client, event):
    reply = client.ask(event)
    if not reply.is_receipt:
        return reply
    return client.find(lambda e: e.cause == f"{client.source}/{event['id']}")


def entry(s, register, key):
    found = s.rows("SELECT version, body, secret, ended FROM routing.register_entry WHERE register = %s AND key = %s",
                   register, key)
    return found[0] if found else None


def versions(s, register, key):
    return s.one("SELECT count (*) FROM routing.register_log WHERE register = %s AND key = %s", register, key)


def test_what_is_put_can_be_read_back(s):
    console = s.client("console")
    event = put(console, "enterprise", CODE, fields={"name": "木业", "area": "蓝村街道", "employees": 46,
                                                     "special_work": ["hot_work"]}, reason="摸排")
    receipt = expect(console.ask(event), "receipt", register="enterprise", key=CODE, received="收悉")
    assert "case" not in receipt.data
    told = console.find(lambda e: e.cause == f"console/{event['id']}")
    expect(told, "register.changed", version=1, event="put", actor=QIU)
    assert told["fields"]["employees"] == 46 and "area" in told["changed"]
    expect(change(console, put(console, "enterprise", CODE, fields={"area": None, "employees": 50})),
           "register.changed", version=2, changed=["area", "employees"])
    assert entry(s, "enterprise", CODE)[:2] == (2, {"name": "木业", "employees": 50, "special_work": ["hot_work"]})
    history = s.rows("SELECT version, actor, spoke, canonical FROM api.register_log WHERE key = %s ORDER BY version", CODE)
    assert [row[:3] for row in history] == [(1, QIU, "console"), (2, QIU, "console")]
    assert json.loads(history[0][3])["reason"] == "摸排"
    assert json.loads(history[1][3])["set"] == {"area": None, "employees": 50}


def test_the_same_event_again_is_the_same_receipt_and_one_effect(s):
    console = s.client("console")
    event = put(console, "organisation", "fire", fields={"name": "火灾防治科", "kind": "unit", "head": "fire.head"})
    first, again = console.ask(event), console.ask(event)
    assert first.data == again.data
    expect(console.ask({**event, "data": {**event["data"], "fields": {"name": "x", "kind": "unit"}}}), "problem",
           "id-reused")
    wait_until(lambda: versions(s, "organisation", "fire") == 1)
    same = put(console, "organisation", "fire", fields={"name": "火灾防治科"})
    expect(change(console, same), "register.changed", version=1, event="unchanged", changed=[])
    assert versions(s, "organisation", "fire") == 1


def test_what_does_not_fit_is_refused_at_the_door(s):
    console = s.client("console")
    for slug, pointer, event in [
            ("unknown-register", "/data/register", put(console, "cats", "1")),
            ("invalid", "/data/key", put(console, "enterprise", "914403001922038217", fields={"name": "x"})),
            ("invalid", "/data/fields/colour", put(console, "enterprise", OTHER, fields={"colour": "red"})),
            ("invalid", "/data/fields/grade", put(console, "enterprise", OTHER, fields={"grade": "z"})),
            ("invalid", "/data/fields/graded_on", put(console, "enterprise", OTHER, fields={"graded_on": "2026-02-30"})),
            ("invalid", "/data/fields/name", put(console, "enterprise", OTHER, fields={"name": None})),
            ("invalid", "/data/fields/enterprise", put(console, "relation", "r", fields={"enterprise": "1"})),
            ("invalid", "/data/expected_version", end(console, "enterprise", OTHER, expected_version=0))]:
        expect(console.ask(event), "problem", slug, pointer)
    assert entry(s, "enterprise", OTHER) is None


def test_what_only_the_entry_knows_is_refused_in_the_feed(s):
    console = s.client("console")
    expect(change(console, put(console, "enterprise", OTHER, fields={"area": "x"})), "register.refused", "invalid",
           "/data/fields/name")
    expect(change(console, end(console, "enterprise", OTHER)), "register.refused", "unknown-entry", "/data/key")
    expect(change(console, put(console, "enterprise", OTHER, fields={"name": "甲"}, expected_version=0)),
           "register.changed", version=1)
    expect(change(console, put(console, "enterprise", OTHER, fields={"name": "乙"}, expected_version=0)),
           "register.refused", "conflict", "/data/expected_version")
    expect(change(console, put(console, "enterprise", OTHER, fields={"name": "乙"}, expected_version=1)),
           "register.changed", version=2)
    expect(change(console, end(console, "enterprise", OTHER, reason="注销")), "register.changed", version=3, event="end")
    expect(change(console, put(console, "enterprise", OTHER, fields={"name": "丙"})), "register.refused", "conflict",
           "/data/key")
    expect(change(console, put(console, "enterprise", OTHER, expected_version=3)), "register.changed", version=4)
    assert entry(s, "enterprise", OTHER)[3] is False


def test_who_may_write_is_a_matter_of_role_and_source(s):
    console, app, market, hotline = s.client("console"), s.client("app"), s.client("market"), s.client("hotline")
    fields = {"fields": {"name": "x"}}
    expect(console.ask(put(console, "enterprise", OTHER, person="chief", **fields)), "problem", "forbidden")
    expect(console.ask(put(console, "enterprise", OTHER, person=None, **fields)), "problem", "forbidden")
    expect(app.ask(put(app, "enterprise", OTHER, **fields)), "problem", "forbidden")
    expect(hotline.ask(put(hotline, "enterprise", OTHER, **fields)), "problem", "wrong-person")
    expect(market.ask(put(market, "organisation", "x", person=None, **fields)), "problem", "forbidden")
    expect(market.ask(put(market, "enterprise", OTHER, person="chief", **fields)), "problem", "forbidden")
    expect(change(market, put(market, "enterprise", "9144030071526726XG", person=None, **fields)),
           "register.changed", version=1)
    spoke = s.one("SELECT changed_by FROM api.register_entry WHERE key = '9144030071526726XG'")
    assert spoke == "market"


def test_secret_fields_are_in_no_view_and_no_feed(s):
    console, phone = s.client("console"), "0532-" + uuid.uuid4().hex[:8]
    told = change(console, put(console, "supervisor", "supervisor.an", fields={"name": "安", "phone": phone}))
    expect(told, "register.changed", changed=["name", "phone"], fields={"name": "安"})
    reader = s.connect_as("duban_reader")
    with reader.cursor() as cursor:
        for view in ["register_entry", "register_log"]:
            cursor.execute(f"SELECT v::text FROM api.{view} v")
            assert not [row for row in cursor.fetchall() if phone in row[0]], view
        cursor.execute("SELECT document FROM api.submission WHERE source = 'console'")
        assert not [row for row in cursor.fetchall() if row[0] and phone in row[0]]
        cursor.execute("SELECT has_secrets FROM api.register_entry WHERE key = 'supervisor.an'")
        assert cursor.fetchone()[0]
    reader.close()
    sealed = s.connect_as("duban_sealed")
    with sealed.cursor() as cursor:
        cursor.execute("SELECT secret->>'phone' FROM api.register_secret WHERE key = 'supervisor.an'")
        assert cursor.fetchone()[0] == phone
    sealed.close()


def test_terms_and_relations_can_be_asked_for(s):
    console = s.client("console")
    change(console, put(console, "supervisor", "supervisor.bao",
                        fields={"name": "包", "appointed_on": "2024-01-01", "term_ends_on": "2026-12-31"}))
    found = s.rows("SELECT valid_from::text, valid_until::text FROM api.register_entry WHERE key = 'supervisor.bao'")
    assert found == [("2024-01-01", "2026-12-31")]
    change(console, put(console, "relation", "r-1", fields={"person": "supervisor.bao", "kind": "employed",
                                                            "enterprise": CODE, "until": "2026-06-30"}))
    change(console, put(console, "relation", "r-2", fields={"person": "supervisor.bao", "kind": "relative",
                                                            "other": "fire.su"}))

    def related(one, other, day="2026-03-01"):
        return s.one("SELECT routing.register_related (%s, %s, %s)", one, other, day)
    assert related("supervisor.bao", CODE) and not related("supervisor.bao", CODE, "2026-07-01")
    assert related("supervisor.bao", "fire.su") and related("fire.su", "supervisor.bao")
    assert not related("supervisor.an", CODE) and not related("supervisor.bao", OTHER)


def test_two_replicas_with_the_same_new_entries_do_not_collide(s):
    s.start("routing")
    one, other = s.client("market"), s.client("market")
    codes = [row["credit_code"] for row in generated(s, 200)]
    events = [[put(client, "enterprise", code, person=None, fields={"name": str(number)}) for code in codes]
              for number, client in enumerate([one, other])]
    for pair in zip(*events):
        one.tell(pair[0])
        other.tell(pair[1])
    one.ask_all(events[0])
    other.ask_all(events[1])
    for event in events[0] + events[1]:
        one.find(lambda e: e.cause == f"market/{event['id']}")
    assert s.one("SELECT count (*) FROM routing.dead_letter") == 0
    last = {key: name for key, name in s.rows(
        "SELECT DISTINCT ON (1) d->'data'->>'key', d->'data'->'fields'->>'name' FROM (SELECT convert_from (document, "
        "'UTF8')::jsonb AS d, recorded_at FROM intake.submission WHERE source = 'market') x ORDER BY 1, recorded_at DESC")}
    kept = dict(s.rows("SELECT key, body->>'name' FROM routing.register_entry WHERE key = ANY (%s)", codes))
    assert len(kept) == 200 and all(kept[code] == last[code] for code in codes)


def generated(s, count, seed=3):
    lines = s.ctl("generate", "--register", "enterprise", "--seed", str(seed), "--count", str(count)).stdout
    return [json.loads(line) for line in lines.splitlines()]


def test_one_effect_though_routing_and_intake_are_killed(s):
    market = s.client("market")
    before = s.one("SELECT count (*) FROM routing.register_log")
    rows = generated(s, 400, seed=9)
    events = [put(market, "enterprise", row["credit_code"], person=None, fields={"name": row["name"]}) for row in rows]
    for event in events[:200]:
        market.tell(event)
    s.kill("routing")
    for event in events[200:250]:
        market.tell(event)
    s.kill("intake")                #  with receipts under way: everything is sent again, with the same ids
    s.start("intake", "routing")
    replies = market.ask_all(events)
    assert all(reply.is_receipt for reply in replies.values())
    wait_until(lambda: s.one("SELECT count (*) FROM routing.register_log") == before + 400, 30)
    for event in events:
        market.find(lambda e: e.cause == f"market/{event['id']}")
    told = [e for e in market.seen if e.type == "register.changed"]
    assert len(told) == len({e.cause for e in told})
    assert all(e["version"] == 1 for e in told[-400:])




def registers(s, *arguments, **more):
    return json.loads(s.ctl("register", *arguments, "--json", **more).stdout)


def test_a_person_puts_lists_shows_and_ends(s):
    s.ctl("register", "put", "organisation", "hazchem", "name=危险化学品监管科", "kind=内设机构", "deputies=a;b",
          "--as", QIU, "--reason", "机构改革")
    s.ctl("register", "put", "organisation", "hazchem", "leader=deputy", "deputies=", "--as", QIU)
    shown = registers(s, "show", "organisation", "hazchem", "--history")
    assert shown["entry"]["body"] == {"name": "危险化学品监管科", "kind": "unit", "leader": "deputy"}
    assert [line["version"] for line in shown["history"]] == [1, 2] and shown["history"][0]["reason"] == "机构改革"
    assert "危险化学品监管科" in s.ctl("register", "list", "organisation", "kind=unit").stdout
    assert "hazchem" not in s.ctl("register", "list", "organisation", "kind=town").stdout
    s.ctl("register", "put", "organisation", "hazchem", "leader=x", "--expect-version", "1", "--as", QIU, code=4)
    s.ctl("register", "put", "organisation", "hazchem", "leader=x", "--as", "chief", code=5)
    s.ctl("register", "end", "organisation", "hazchem", "--as", QIU)
    assert "hazchem" not in s.ctl("register", "list", "organisation").stdout
    assert "hazchem" in s.ctl("register", "list", "organisation", "--all").stdout
    s.ctl("register", "show", "organisation", "nothing", code=3)
    s.ctl("register", "list", "cats", code=3)
    s.ctl("register", "check", "proto/registers/enterprise.json", "proto/registers/relation.json")
    s.ctl("register", "check", "deploy/rules.json", code=8)


def test_a_file_with_bad_lines_is_imported_but_for_them(s):
    path = f"{s.folder}/list.csv"
    with open(path, "w") as file:
        file.write("统一社会信用代码,企业名称,所在镇街(园区),特殊作业,人数\n"
                   "91440300708461136T,\"一号,厂\",蓝村街道,动火;高处,12\n"
                   "91440300708461137T,坏码厂,蓝村街道,,1\n"
                   "91110000802100433B,二号厂,,飞行,2\n"
                   "91440300708461136T,又一次,,,3\n"
                   "91350100M000100Y43,,大信街道,,4\n")
    done = registers(s, "import", "enterprise", path, "--map", "employees=人数", "--as", QIU, code=7)
    assert [(row["line"], row["reason"].split(":")[0]) for row in done["rejected"]] == [
        (3, "key"), (4, "special_work"), (5, "is in line 2 already"), (6, "name")], done
    assert (done["read"], done["changed"], done["unknown"]) == (5, 1, 0), done
    assert entry(s, "enterprise", "91440300708461136T")[1] == {
        "name": "一号,厂", "area": "蓝村街道", "special_work": ["hot_work", "height"], "employees": 12}


def test_thousands_of_enterprises_are_imported_in_seconds_and_again_with_no_effect(s):
    path = f"{s.folder}/enterprises.ndjson"
    with open(path, "w") as file:
        file.write(s.ctl("generate", "--register", "enterprise", "--seed", "11", "--count", "6000").stdout)
    began = time.monotonic()
    done = registers(s, "import", "enterprise", path, "--timeout", "60", key="market")
    took = time.monotonic() - began
    assert (done["read"], done["changed"], done["rejected"]) == (6000, 6000, []), done["rejected"][:3]
    print(f"      6000 enterprises in {took:.1f} s", flush=True)
    assert took < 60
    versions_before = s.one("SELECT count (*) FROM routing.register_log")
    again = registers(s, "import", "enterprise", path, "--timeout", "60", key="market")
    assert (again["changed"], again["unchanged"]) == (0, 6000), again
    assert s.one("SELECT count (*) FROM routing.register_log") == versions_before
    exported = s.ctl("register", "export", "enterprise").stdout.splitlines()
    assert len(exported) >= 6000 and not any("phone" in line for line in exported)
    market = s.client("market")
    codes = [row["credit_code"] for row in map(json.loads, exported[:300])]
    events = [put(market, "enterprise", code, person=None, fields={"grade": "a"}) for code in codes]
    assert all(reply.is_receipt for reply in market.ask_all(events).values())
    wait_until(lambda: s.one("SELECT count (*) FROM api.register_entry WHERE key = ANY (%s) AND body->>'grade' = 'a'",
                             codes) == 300)
