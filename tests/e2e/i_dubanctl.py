"""dubanctl: what a person types, against the real thing."""

import csv
import io
import json
import os
import shutil

from e2e.stage import wait_until
from e2e.world import ROOT

SERVICES = ["intake", "routing", "watchdog", "notify"]
DATA = os.environ.get("DUBAN_SHARED_DATA", f"{ROOT}/../shared/data")
PETITIONS = f"{DATA}/petitions/messages_with_reply.csv.gz"


class Skip(Exception):
    pass


def submit(s, *more, key="app"):
    out = s.ctl("submit", "--title", "消防通道", "--text", "被占用", "--as", "supervisor.an", "--json", *more, key=key)
    return json.loads(out.stdout)


def number_of(s, *more):
    return submit(s, *more)["receipt"]["case"]


def test_submit_prints_the_number_of_the_case(s):
    out = s.ctl("submit", "--title", "灭火器过期", "--text", "三号楼", key="app")
    assert "JM-20" in out.stdout
    assert number_of(s).startswith("JM-20")


def test_the_same_id_twice_gives_the_same_case(s):
    assert number_of(s, "--id", "twice") == number_of(s, "--id", "twice")


def test_a_file_or_a_pipe_will_do(s):
    data = json.dumps({"procedure": "suggestion", "kind": "lead", "title": "管道", "text": "从标准输入",
                       "no_secrets": True})
    assert "JM-20" in s.ctl("submit", "-", stdin=data, key="app").stdout
    s.ctl("submit", "-", stdin="not json", code=1, key="app")
    s.ctl("submit", "/no/such/file", code=1, key="app")


def test_act_leads_a_case_to_its_answer(s):
    case = number_of(s)
    for person, command, *arguments in [
            ("intake.lin", "accept", "unit=fire", "term=5"), ("chief", "approve"), ("fire.su", "sign_for"),
            ("fire.su", "contact", "contacted_at=now", "how=电话", "summary=已核实"),
            ("fire.su", "draft", "text=已办", "result=adopted"), ("reviewer.gu", "review"),
            ("chief", "sign", "document=1号")]:
        s.ctl("act", case, command, "--as", person, *arguments)
    wait_until(lambda: "answered" in s.ctl("show", case, "--json").stdout, 10)
    s.ctl("act", case, "satisfied", "rating=satisfied", "--as", "supervisor.an", key="app")
    shown = s.ctl("show", case)
    assert "已归档" in shown.stdout or "closed" in shown.stdout


def test_exit_codes_say_what_went_wrong(s):
    case = number_of(s)
    s.ctl("act", case, "approve", "--as", "chief", code=4)                      # not now
    s.ctl("act", case, "accept", "--as", "fire.su", "unit=fire", "term=5", code=5)
    s.ctl("act", case, "accept", "--as", "intake.lin", "unit=fire", "term=5", "--expect-version", "1")
    s.ctl("act", case, "approve", "--as", "chief", "--expect-version", "1", code=4)
    s.ctl("show", "JM-2026-999999-9", code=3)
    s.ctl("act", "JM-2026-999999-9", "approve", "--as", "chief", code=3)
    s.ctl("no-such-command", code=2)
    s.ctl("show", code=2)
    s.ctl("list", "--no-such-option", code=2)
    s.ctl("submit", "--title", "x", "--text", "y", "--timeout", "1", code=6, key="app",
          more={"DUBAN_DOOR": "tcp://127.0.0.1:9"})


def test_an_unknown_key_gets_no_answer(s):
    out = s.ctl("key", "new", f"{s.folder}/stranger.key")
    assert len(out.stdout.strip()) == 40
    s.ctl("key", "new", f"{s.folder}/stranger.key", code=1)                     # never overwritten
    s.ctl("submit", "--title", "x", "--text", "y", "--timeout", "2", code=6, key="app",
          more={"DUBAN_KEY_FILE": f"{s.folder}/stranger.key"})
    assert s.ctl("key", "show", f"{s.folder}/stranger.key").stdout == out.stdout
    assert os.stat(f"{s.folder}/stranger.key").st_mode & 0o777 == 0o600


def test_list_shows_what_is_due_first(s):
    case = number_of(s)
    wait_until(lambda: case in s.ctl("list").stdout, 5)
    listed = json.loads(s.ctl("list", "--state", "received", "--json").stdout)
    assert any(entry["number"] == case for entry in listed["cases"])
    assert case not in s.ctl("list", "--state", "closed").stdout


def test_explain_counts_the_days(s):
    case = number_of(s)
    wait_until(lambda: s.ctl("explain", case, "acceptance", code=None).returncode == 0, 5)
    explained = json.loads(s.ctl("explain", case, "acceptance", "--json").stdout)
    assert explained, explained
    s.ctl("explain", case, "nothing", code=3)


def test_status_shows_replicas_and_fails_when_asked_to(s):
    s.drained()
    out = s.ctl("status")
    assert all(service in out.stdout for service in SERVICES)
    wait_until(lambda: s.ctl("status", "--fail-if", "default", code=None).returncode == 0, 5, "all is well")
    s.ctl("status", "--fail-if", "open>0", code=8)
    assert json.loads(s.ctl("status", "--json").stdout)


def test_the_feed_is_shown(s):
    case = number_of(s)
    wait_until(lambda: case in s.ctl("feed", "--limit", "200", key="app").stdout, 5)


def test_health_asks_a_service(s):
    admin = s.service("intake").admin
    s.ctl("health", f"{admin}/readyz")
    s.ctl("health", "http://127.0.0.1:9/readyz", code=1)


def sample(count):
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["id", "time", "title", "content", "area"])
    for n in range(count):
        writer.writerow([f"r{n}", f"2026-11-{n % 20 + 1:02d} 08:30:00", f"第 {n} 件,\"引号\"", f"事实 {n}\n第二行", "通济街道"])
    return out.getvalue()


def replay(s, path, *more, code=0):
    return json.loads(s.ctl("replay", path, "--rate", "1000", "--json", *more, code=code, key="flood").stdout)


def test_replay_of_a_table_opens_each_once_and_can_be_started_again(s):
    path = f"{s.folder}/sample.csv"
    with open(path, "w") as file:
        file.write(sample(200))
    first = replay(s, path)
    assert (first["sent"], first["new"], first["unanswered"]) == (200, 200, 0), first
    again = replay(s, path)
    assert (again["new"], again["duplicates"]) == (0, 200), again
    wait_until(lambda: s.one("SELECT count (*) FROM routing.cases WHERE source = 'flood'") == 200)


def test_replay_of_lines_of_json(s):
    path = f"{s.folder}/lines.ndjson"
    with open(path, "w") as file:
        for n in range(50):
            file.write(json.dumps({"id": f"n{n}", "title": f"行 {n}", "content": "内容"}, ensure_ascii=False) + "\n")
    assert replay(s, path)["new"] == 50


def test_the_projects_own_sample_and_the_generator_go_through_the_door(s):
    assert replay(s, "deploy/sample/suggestions.ndjson")["new"] == 12
    lines = s.ctl("generate", "--seed", "7", "--count", "300").stdout
    assert lines == s.ctl("generate", "--seed", "7", "--count", "300").stdout
    assert lines != s.ctl("generate", "--seed", "8", "--count", "300").stdout
    path = f"{s.folder}/generated.ndjson"
    with open(path, "w") as file:
        file.write(lines)
    done = replay(s, path)
    assert (done["new"], done["problems"]) == (300, {}), done


def test_every_real_petition_becomes_a_numbered_case_that_can_be_followed(s):
    if not os.path.exists(PETITIONS):
        raise Skip(f"no {PETITIONS}")
    copy = f"{s.folder}/petitions.csv.gz"
    shutil.copy(PETITIONS, copy)
    before = s.one("SELECT count (*) FROM intake.submission WHERE opens")
    done = replay(s, copy)
    assert (done["read"], done["new"], done["unanswered"], done["problems"]) == (2816, 2816, 0, {}), done
    wait_until(lambda: s.one("SELECT count (*) FROM routing.cases") == before + 2816, 60, "each is opened")
    s.drained(60)
    missing = s.one("SELECT count (*) FROM routing.cases c WHERE NOT EXISTS (SELECT FROM notify.notice n "
                    "WHERE n.case_no = c.case_no AND n.template = 'acknowledged') OR NOT EXISTS "
                    "(SELECT FROM watchdog.clock k WHERE k.case_no = c.case_no)")
    assert missing == 0
    case = s.one("SELECT max (number) FROM routing.cases WHERE source = 'flood'")
    for person, command, *arguments in [("intake.lin", "accept", "unit=fire", "term=5"), ("chief", "approve"),
                                        ("fire.su", "contact", "contacted_at=now", "how=电话", "summary=已核实"),
                                        ("fire.su", "draft", "text=已办", "result=adopted"),
                                        ("reviewer.gu", "review"), ("chief", "sign", "document=2号")]:
        s.ctl("act", case, command, "--as", person, *arguments)
    wait_until(lambda: s.one("SELECT state FROM routing.cases WHERE number = %s", case) == "answered", 15)
    assert replay(s, copy)["duplicates"] == 2816
