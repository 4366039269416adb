#  life - the straight way of a case, so that a dialogue can begin where it becomes interesting

from datetime import datetime, timedelta, timezone

from e2e.stage import expect


def now(minutes=0):
    return (datetime.now(timezone.utc) + timedelta(minutes=minutes)).isoformat(timespec="milliseconds")


#  state reached, who, command, arguments
WAY = [
    ("accepted", "intake.lin", "accept", lambda: {"unit": "fire", "term": 5}),
    ("assigned", "chief", "approve", dict),
    ("handling", "fire.su", "contact",
     lambda: {"contacted_at": now(), "how": "电话", "summary": "已与提出人核对地点"}),
    ("drafted", "fire.su", "draft", lambda: {"text": "已清理并划线", "result": "adopted"}),
    ("reviewed", "reviewer.gu", "review", dict),
    ("signed", "chief", "sign", lambda: {"document": "即应急办〔2026〕12号"}),
]


#  A case of supervisor.an, opened through the app and moved through the console
class Case:
    def __init__(self, stage, state="received", source="app", person="supervisor.an", **data):
        self.stage = stage
        self.app, self.console = stage.client(source), stage.client("console")
        self.person = person
        receipt = expect(self.app.submit(person=person, **data), "receipt")
        self.number, self.no = receipt.case, receipt.case_no
        if state != "received":
            self.go_to(state)

    def go_to(self, state):
        for reached, person, command, arguments in WAY:
            self.bureau(person, command, state=reached, **arguments())
            if reached == state:
                return
        raise AssertionError(f"no way to {state}")

    #  Somebody of the bureau acts; `state` is where it must lead
    def bureau(self, person, command, state=None, refused=None, **arguments):
        return self._check(self.console.act(self.number, command, person=person, **arguments), state, refused)

    #  The submitter acts
    def submitter(self, command, state=None, refused=None, **arguments):
        return self._check(self.app.act(self.number, command, person=self.person, **arguments), state, refused)

    @staticmethod
    def _check(outcome, state, refused):
        if refused:
            return expect(outcome, "command.refused", refused)
        expect(outcome, "case.changed")
        assert state is None or outcome["state"] == state, outcome
        return outcome

    @property
    def state(self):
        return self.stage.one("SELECT state FROM routing.cases WHERE case_no = %s", self.no)

    @property
    def log(self):
        return [event for (event,) in self.stage.rows(
            "SELECT event FROM routing.case_log WHERE case_no = %s AND event <> 'rung' ORDER BY version", self.no)]

    def notice(self, template, timeout=15.0):
        return self.app.find(lambda e: e.type == "notice" and e["case"] == self.number and
                             e["template"] == template, timeout)
