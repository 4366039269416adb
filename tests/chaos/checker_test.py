"""The checker is green for what is right and red for each thing that can go wrong."""

import copy

from chaos.checker import Journal, Rows, check


#  Three submissions of two sources, everything as it should be
def right():
    journal, rows = Journal(), Rows()
    for case_no, (source, id_) in enumerate([("a", "1"), ("a", "2"), ("b", "1")], 1):
        journal.attempt(source, id_)
        journal.ack(source, id_, case_no)
        rows.submissions.append((source, id_, case_no))
        rows.cases.append((case_no, source))
        rows.opened.append(case_no)
        rows.clocks.append(case_no)
        rows.notices.append(case_no)
    rows.feed = [("a", 1, "opened", 1), ("a", 2, "opened", 2), ("a", 3, "acknowledged", 2),
                 ("a", 4, "acknowledged", 1), ("b", 1, "opened", 3), ("b", 2, "acknowledged", 3)]
    rows.owed = {"intake → routing": 0}
    rows.dead = {"routing": 0}
    return journal, rows


#  Bends what is right; the checker must say `sentence`
def red(sentence, bend):
    journal, rows = right()
    bend(journal, rows)
    complaints = check(journal, rows)
    assert any(sentence in complaint for complaint in complaints), f"not red for: {sentence}; said {complaints}"


def test_what_is_right_is_green():
    assert check(*right()) == []


def test_an_empty_run_is_green():
    assert check(Journal(), Rows()) == []


def test_a_receipt_twice_for_the_same_case_is_green():
    journal, rows = right()
    journal.ack("a", "1", 1)
    assert check(journal, rows) == []


def test_acknowledged_and_lost_is_red():
    red("acknowledged and lost", lambda journal, rows: rows.submissions.pop(0))


def test_a_phantom_is_red():
    red("never sent (phantom)", lambda journal, rows: rows.submissions.append(("a", "9", 9)))


def test_stored_twice_is_red():
    red("stored twice", lambda journal, rows: rows.submissions.append(("a", "1", 4)))


def test_one_number_for_two_submissions_is_red():
    red("one case number for two", lambda journal, rows: rows.submissions.append(("b", "2", 3)))


def test_a_submission_that_was_never_answered_is_red():
    red("never acknowledged", lambda journal, rows: journal.attempt("b", "7"))


def test_two_receipts_that_differ_are_red():
    red("two receipts that differ", lambda journal, rows: journal.ack("a", "1", 2))


def test_a_receipt_for_another_case_is_red():
    def bend(journal, rows):
        journal.acks[("a", "1")] = {2}
    red("names another case", bend)


def test_a_lost_case_is_red():
    red("case missing", lambda journal, rows: rows.cases.pop())


def test_a_case_of_nobody_is_red():
    red("case without a submission", lambda journal, rows: rows.cases.append((77, "a")))


def test_a_case_opened_twice_is_red():
    red("log entry opened twice", lambda journal, rows: rows.opened.append(2))


def test_a_lost_clock_is_red():
    red("acceptance clock missing", lambda journal, rows: rows.clocks.remove(1))


def test_a_lost_first_notice_is_red():
    red("first notice missing", lambda journal, rows: rows.notices.remove(3))


def test_a_notice_twice_is_red():
    red("first notice twice", lambda journal, rows: rows.notices.append(3))


def test_a_feed_line_lost_is_red():
    red("feed line acknowledged missing", lambda journal, rows: rows.feed.pop())


def test_a_feed_line_twice_is_red():
    red("feed line opened twice", lambda journal, rows: rows.feed.append(("b", 3, "opened", 3)))


def test_a_feed_line_in_the_wrong_feed_is_red():
    def bend(journal, rows):
        rows.feed[0] = ("b", 3, "opened", 1)
    red("feed line opened without a submission", bend)


def test_a_gap_in_a_feed_is_red():
    def bend(journal, rows):
        rows.feed[-1] = ("b", 5, "acknowledged", 3)
    red("gap or repetition", bend)


def test_a_parcel_that_nobody_took_is_red():
    red("nobody took", lambda journal, rows: rows.owed.update({"routing → notify": 2}))


def test_a_dead_letter_is_red():
    red("dead letters", lambda journal, rows: rows.dead.update(routing=1))


def test_a_command_that_waits_for_ever_is_red():
    red("commands that wait", lambda journal, rows: setattr(rows, "waiting", 1))


def test_the_checker_changes_nothing():
    journal, rows = right()
    before = copy.deepcopy((vars(journal), vars(rows)))
    check(journal, rows)
    assert before == (vars(journal), vars(rows))
