#  checker - were the journals' promises kept? A pure function: journals and rows in, complaints out
#
#      journals   what the clients wrote to disk before and after every step: the independent truth
#      rows       what the database and the feeds say afterwards
#
#  After jepsen's total-queue: lost = acknowledged - stored, phantom = stored - attempted, and nothing twice.

from collections import Counter


#  --- what happened, as plain values

class Journal:
    def __init__(self):
        self.attempts = set()       # (source, id)
        self.acks = {}              # (source, id) -> set of case numbers that receipts named

    def attempt(self, source, id_):
        self.attempts.add((source, id_))

    def ack(self, source, id_, case_no):
        self.acks.setdefault((source, id_), set()).add(case_no)


class Rows:
    def __init__(self):
        self.submissions = []       # (source, id, case_no)
        self.cases = []             # (case_no, source)
        self.opened = []            # case_no of each log entry "opened"
        self.clocks = []            # case_no of each acceptance clock
        self.notices = []           # case_no of each notice "acknowledged"
        self.feed = []              # (source, seq, what, case_no): what = opened, acknowledged
        self.owed = {}              # "schema → target": parcels left
        self.dead = {}              # schema: dead letters
        self.waiting = 0            # commands that wait


def some(values):
    listed = sorted(values, key=str)
    return f"{len(listed)}: {', '.join(str(value) for value in listed[:5])}{' …' if len(listed) > 5 else ''}"


def twice(values):
    return [value for value, count in Counter(values).items() if count > 1]


def check_door(journal, rows, complain):
    stored = {(source, id_): case_no for source, id_, case_no in rows.submissions}
    complain("acknowledged and lost", [key for key in journal.acks if key not in stored])
    complain("stored but never sent (phantom)", [key for key in stored if key not in journal.attempts])
    complain("stored twice", twice((source, id_) for source, id_, _ in rows.submissions))
    complain("one case number for two submissions", twice(case_no for _, _, case_no in rows.submissions))
    complain("never acknowledged", [key for key in journal.attempts if key not in journal.acks])
    complain("two receipts that differ", [key for key, numbers in journal.acks.items() if len(numbers) > 1])
    complain("a receipt that names another case",
             [key for key, numbers in journal.acks.items() if key in stored and stored[key] not in numbers])


#  Each of `found` is there exactly once for every case number of `wanted`
def check_each_once(what, wanted, found, complain):
    complain(f"{what} missing", wanted - set(found))
    complain(f"{what} without a submission (phantom)", set(found) - wanted)
    complain(f"{what} twice", twice(found))


def check_feeds(rows, complain):
    wanted = {(source, case_no) for source, _, case_no in rows.submissions}
    for what in ("opened", "acknowledged"):
        check_each_once(f"feed line {what}", wanted, [(s, c) for s, _, w, c in rows.feed if w == what], complain)
    for source in {line[0] for line in rows.feed}:
        sequence = sorted(seq for s, seq, _, _ in rows.feed if s == source)
        complain(f"gap or repetition in the feed of {source}",
                 [] if sequence == list(range(1, len(sequence) + 1)) else [sequence[-1] if sequence else 0])


#  Complaints as sentences; none: everything had its effect exactly once
def check(journal, rows):
    complaints = []

    def complain(what, values):
        values = list(values)
        if values:
            complaints.append(f"{what} - {some(values)}")
    check_door(journal, rows, complain)
    wanted = {case_no for _, _, case_no in rows.submissions}
    check_each_once("case", wanted, [case_no for case_no, _ in rows.cases], complain)
    check_each_once("log entry opened", wanted, rows.opened, complain)
    check_each_once("acceptance clock", wanted, rows.clocks, complain)
    check_each_once("first notice", wanted, rows.notices, complain)
    check_feeds(rows, complain)
    complain("parcels that nobody took", [f"{edge} {count}" for edge, count in rows.owed.items() if count])
    complain("dead letters", [f"{schema} {count}" for schema, count in rows.dead.items() if count])
    complain("commands that wait", [rows.waiting] if rows.waiting else [])
    return complaints
