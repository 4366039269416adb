#  crowd - the clients of a chaos run: a thread per source, a journal per client
#
#  An attempt is on disk before it is sent, an acknowledgement before anything follows from it. What is silent
#  for a while goes again, same id, through the next door.

import json
import os
import threading
import time

from e2e.client import submission

SILENCE = 1.5       # seconds
WINDOW = 200        # unanswered per client


class Member(threading.Thread):
    def __init__(self, client, journal_path, count, seconds):
        super().__init__(daemon=True)
        self.client, self.count, self.seconds = client, count, seconds
        self.journal = open(journal_path, "ab", buffering=0)
        self.path = journal_path
        self.pending = {}           # id -> bytes, sent and not answered
        self.retry = []             # (when, id): what the door put off
        self.acked = 0
        self.wrong = None           # what ended it early
        self.over = threading.Event()
        self.repeated = 0

    #  On which door it knocks now
    @property
    def endpoint(self):
        return self.client.endpoints[(self.client.turn - 1) % len(self.client.endpoints)]

    def _write(self, entries):
        self.journal.write(b"".join(json.dumps(entry).encode() + b"\n" for entry in entries))
        os.fsync(self.journal.fileno())

    def _send_new(self, number, due):
        events = []
        while number < due and len(self.pending) + len(events) < WINDOW:
            event = self.client.event("submission", submission(title=f"{self.client.source} 第 {number} 件"))
            events.append((event["id"], json.dumps(event, ensure_ascii=False).encode()))
            number += 1
        if events:
            self._write([{"what": "attempt", "source": self.client.source, "id": id_} for id_, _ in events])
        for id_, text in events:
            self.pending[id_] = text
            if not self.client.throw(text):
                self.retry.append((time.monotonic() + 0.1, id_))
        return number

    def _hear(self):
        heard = []
        while self.client.socket.poll(0 if heard else 10) and len(heard) < 200:
            heard.append(self.client.hear(0))
        acks = []
        for reply in heard:
            if reply.is_receipt:
                acks.append({"what": "ack", "source": self.client.source, "id": reply.cause, "case_no": reply.case_no})
                self.acked += self.pending.pop(reply.cause, None) is not None
            elif reply.is_retryable:
                after = reply.data.get("retry_after_ms", 100) / 1000
                self.retry.append((time.monotonic() + after, reply.cause))
            else:
                raise AssertionError(f"answered with {reply}")
        if acks:
            self._write(acks)
        return bool(heard)

    def _again(self):
        now = time.monotonic()
        due = [id_ for when, id_ in self.retry if when <= now]
        self.retry = [(when, id_) for when, id_ in self.retry if when > now]
        for id_ in due:
            if id_ in self.pending and not self.client.throw(self.pending[id_]):
                self.retry.append((now + 0.1, id_))

    def _through_the_next_door(self):
        self.client.connect()
        self.repeated += len(self.pending)
        self.retry = [(0.0, id_) for id_ in self.pending]

    def _run(self):
        began = heard = time.monotonic()
        number = 0
        while not self.over.is_set() and (number < self.count or self.pending):
            now = time.monotonic()
            number = self._send_new(number, min(self.count, int((now - began) / self.seconds * self.count) + 1))
            self._again()
            if self._hear() or not self.pending:
                heard = now
            elif now - heard > SILENCE:
                self._through_the_next_door()
                heard = now

    def run(self):
        try:
            self._run()
        except Exception as error:      # noqa: BLE001 - told by the conductor
            self.wrong = f"{self.client.source}: {type(error).__name__}: {error}"
        self.journal.close()


#  Has anybody asked at this door and not been answered?
def unanswered(members, endpoint):
    return any(member.endpoint == endpoint and member.pending for member in members)


def read_journals(members, journal):
    for member in members:
        with open(member.path, "rb") as file:
            for line in file:
                entry = json.loads(line)
                if entry["what"] == "attempt":
                    journal.attempt(entry["source"], entry["id"])
                else:
                    journal.ack(entry["source"], entry["id"], entry["case_no"])
