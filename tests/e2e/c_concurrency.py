"""Two of everything, many at once."""

import threading

from e2e.client import submission
from e2e.life import Case
from e2e.stage import expect, wait_until

TWO = {"intake": 2, "routing": 2, "watchdog": 2, "notify": 2}


#  Each client in its own thread, talking to its own door
def together(*jobs):
    wrong = []

    def run(job):
        try:
            job()
        except BaseException as error:      # noqa: BLE001 - told to the main thread
            wrong.append(error)
    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        raise wrong[0]


def submit_many(client, count):
    events = [client.event("submission", submission(title=f"{client.source} {n}")) for n in range(count)]
    for reply in client.ask_all(events).values():
        expect(reply, "receipt")


def each_opened_once(s, count):
    wait_until(lambda: s.one("SELECT count (*) FROM routing.cases") >= count, 30, "all cases are opened")
    s.drained(30)
    assert s.one("SELECT count (*) FROM routing.cases") == count
    assert s.one("SELECT count (*) FROM intake.submission") == count
    assert s.one("SELECT count (*) FROM routing.case_log WHERE event = 'opened'") == count
    assert s.one("SELECT count (*) FROM (SELECT case_no FROM intake.submission EXCEPT "
                 "SELECT case_no FROM routing.cases) x") == 0


def test_two_replicas_of_each_do_everything_once(s):
    s.start(**TWO)
    clients = [s.client(f"chaos-{n}", endpoints=[s.endpoints()[n % 2]]) for n in (1, 2, 3, 4)]
    count = 0

    def both_work():
        nonlocal count
        together(*[lambda c=c: submit_many(c, 500) for c in clients])
        count += 2000
        shares = [p.metrics().get('duban_items_total{lane="mail"}', 0) for p in s.processes if "routing" in p.name]
        return min(shares) > 0
    wait_until(both_work, 10, "both replicas of routing work")
    each_opened_once(s, count)
    notices = s.rows("SELECT count (*), count (DISTINCT case_no) FROM notify.notice WHERE template = 'acknowledged'")
    assert notices == [(count, count)], notices


def test_the_same_event_at_both_doors_at_once_opens_one_case(s):
    s.start(intake=2, routing=2)
    one = s.client("app", endpoints=[s.endpoints()[0]])
    two = s.client("app", endpoints=[s.endpoints()[1]])
    events = [one.event("submission", submission(title=f"两扇门 {n}")) for n in range(100)]
    replies = {"one": [], "two": []}
    together(lambda: replies["one"].extend(one.ask(e) for e in events),
             lambda: replies["two"].extend(two.ask(e) for e in events))
    assert [r.data for r in replies["one"]] == [r.data for r in replies["two"]]
    each_opened_once(s, 100)


def test_of_two_officers_who_decide_at_once_one_is_told_of_the_conflict(s):
    s.start(intake=2, routing=2)
    case = Case(s)
    for version in range(2, 12):
        one, two = s.client("console"), s.client("console", endpoints=[s.endpoints()[1]])
        outcomes = []
        wait_until(lambda: s.one("SELECT version FROM routing.cases WHERE case_no = %s", case.no) == version - 1)
        together(*[lambda c=c: outcomes.append(c.act(case.number, "comment", person="intake.lin", text="并发",
                                                     expected_version=version - 1)) for c in (one, two)])
        assert sorted(o.type for o in outcomes) == ["case.changed", "command.refused"], outcomes
        expect(next(o for o in outcomes if o.type == "command.refused"), "command.refused", "conflict")


def test_commands_of_many_cases_do_not_deadlock(s):
    s.start(intake=2, routing=2)
    opener = s.client("flood")
    cases = [expect(opener.submit(title=f"第{n}件"), "receipt").case for n in range(20)]
    consoles = [s.client("flood", endpoints=[s.endpoints()[n % 2]]) for n in range(4)]

    def comment(console, order):
        for reply in console.ask_all([console.command(case, "comment", person="intake.lin", text="交叉")
                                      for case in order]).values():
            expect(reply, "receipt")
    together(*[lambda c=c, n=n: comment(c, cases[n:] + cases[:n] if n % 2 else cases[::-1])
               for n, c in enumerate(consoles)])
    wait_until(lambda: s.one("SELECT count (*) FROM routing.case_log WHERE event = 'comment'") == 80, 20)
    logs = "".join(p.text() for p in s.processes)
    assert "deadlock" not in logs and "40P01" not in logs


def test_replicas_come_and_go_under_load(s):
    s.start("intake", "routing")
    client = s.client("chaos-1")

    def scale():
        s.start(routing=2, intake=1)
        s.stop("routing", 1)
        s.start("routing")
        s.stop("routing", 2)
    together(lambda: submit_many(client, 3000), scale)
    each_opened_once(s, 3000)


def test_each_version_of_a_case_follows_the_one_before(s):
    s.start(intake=2, routing=2)
    case = Case(s)
    consoles = [s.client("console", endpoints=[s.endpoints()[n % 2]]) for n in range(4)]

    def talk(console):
        for number in range(50):
            expect(console.ask(console.command(case.number, "comment", person="intake.lin", text=str(number))),
                   "receipt")
    together(*[lambda c=c: talk(c) for c in consoles])
    wait_until(lambda: s.one("SELECT version FROM routing.cases WHERE case_no = %s", case.no) == 201, 20)
    versions = [v for (v,) in s.rows("SELECT version FROM routing.case_log WHERE case_no = %s ORDER BY 1", case.no)]
    assert versions == list(range(1, 202))
