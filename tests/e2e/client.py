#  client - the door seen by a stranger: written from the contract alone, with pyzmq and json
#
#      ask     one event, the same id again and again until it is answered
#      tell    one event, not waiting
#      hear    the next reply
#      throw   bytes as they are
#
#  With a journal every attempt and every acknowledgement is on disk before the next step: the truth of the
#  checkers.

import itertools
import json
import os
import time
import uuid

import zmq

TYPE = "cn.gov.duban."
CONTEXT = zmq.Context.instance()
SILENCE = 3.0       # seconds after which the same event is sent again


class Reply:
    def __init__(self, bytes_):
        self.bytes = bytes_
        self.event = json.loads(bytes_)
        self.type = self.event["type"][len(TYPE):].rsplit(".v", 1)[0]
        self.data = self.event["data"]
        self.cause = self.event.get("causationid")

    @property
    def slug(self):
        return self.data.get("type", "").rsplit(":", 1)[-1] if self.type == "problem" else None

    @property
    def is_receipt(self):
        return self.type == "receipt"

    @property
    def is_retryable(self):
        return self.type == "problem" and self.data.get("retryable", False)

    @property
    def case(self):
        return self.data["case"]

    @property
    def case_no(self):
        return self.data.get("case_no", 0)       # a change of a register is about no case

    def __getitem__(self, name):
        return self.data[name]

    def __repr__(self):
        return self.bytes.decode()[:800]


class Journal:
    def __init__(self, path):
        self.path = path
        self.file = open(path, "ab", buffering=0)

    def write(self, **entry):
        self.file.write(json.dumps(entry, ensure_ascii=False).encode() + b"\n")
        os.fsync(self.file.fileno())


def submission(title="社区消防通道被占用", text="南门消防通道长期停车,消防车无法进入。", kind="suggestion", **more):
    return {"procedure": "suggestion", "kind": kind, "title": title, "text": text, "no_secrets": True, **more}


class Client:
    numbers = itertools.count(1)

    def __init__(self, source, endpoints, server_key, pair, kind=zmq.DEALER, journal=None, identity=None,
                 rcvhwm=1000, curve=True):
        self.source, self.endpoints, self.server_key, self.pair = source, list(endpoints), server_key, pair
        self.kind, self.identity, self.rcvhwm, self.curve = kind, identity, rcvhwm, curve
        self.journal = journal
        self.asked = {}         # id -> event as sent
        self.answered = {}      # id -> Reply, receipts only
        self.cursor = 0
        self.seen = []          # events of the feed
        self.socket, self.turn = None, 0
        self.connect()

    def connect(self):
        if self.socket:
            self.socket.close(0)
        self.socket = CONTEXT.socket(self.kind)
        self.socket.set(zmq.LINGER, 0)
        self.socket.set(zmq.RCVHWM, self.rcvhwm)
        self.socket.set(zmq.RECONNECT_IVL, 50)
        self.socket.set(zmq.RECONNECT_IVL_MAX, 500)
        self.socket.set(zmq.HANDSHAKE_IVL, 2000)
        self.socket.set(zmq.HEARTBEAT_IVL, 1000)
        self.socket.set(zmq.HEARTBEAT_TIMEOUT, 3000)
        if self.kind == zmq.DEALER:
            self.socket.set(zmq.IMMEDIATE, 1)
        if self.identity:
            self.socket.set(zmq.ROUTING_ID, self.identity)
        if self.curve:
            self.socket.curve_publickey, self.socket.curve_secretkey = self.pair
            self.socket.curve_serverkey = self.server_key
        self.socket.connect(self.endpoints[self.turn % len(self.endpoints)])
        self.turn += 1

    def close(self):
        self.socket.close(0)

    #  --- writing events

    def event(self, type_, data, id=None, person=None, **attributes):
        event = {"specversion": "1.0", "type": f"{TYPE}{type_}.v1", "source": self.source,
                 "id": id or str(uuid.uuid4()), "data": data}
        if person:
            event.update(authtype="user", authid=person)
        event.update(attributes)
        return {name: value for name, value in event.items() if value is not None}

    #  --- raw

    def throw(self, *frames):
        try:
            self.socket.send_multipart(frames, flags=zmq.DONTWAIT)
            return True
        except zmq.Again:
            return False

    #  Waits for the connection, then throws
    def throw_soon(self, *frames, timeout=5.0):
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            if self.throw(*frames):
                return True
            time.sleep(0.005)
        return False

    def hear(self, timeout=5.0):
        if self.socket.poll(int(timeout * 1000)):
            return Reply(self.socket.recv_multipart()[-1])
        return None

    #  Bytes in, the reply out; None for silence
    def says(self, *frames, timeout=5.0):
        assert self.throw_soon(*frames), "could not send: not connected"
        return self.hear(timeout)

    #  --- events

    def tell(self, event):
        self.asked[event["id"]] = event
        if self.journal:
            self.journal.write(what="attempt", source=self.source, id=event["id"], at=time.time())
        return self.throw_soon(json.dumps(event, ensure_ascii=False).encode(), timeout=1.0)

    def note(self, reply):
        if reply.is_receipt and reply.cause in self.asked:
            self.answered[reply.cause] = reply
            if self.journal:
                self.journal.write(what="ack", source=self.source, id=reply.cause, case_no=reply.case_no,
                                   case=reply.case, at=time.time())
        return reply

    #  The same id until there is an answer; what is retryable is tried again unless `once`
    def ask(self, event, timeout=20.0, once=False):
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            silent_at = min(end, time.monotonic() + SILENCE)
            sent = self.tell(event)
            while sent and time.monotonic() < silent_at:
                reply = self.hear(max(0.001, silent_at - time.monotonic()))
                if reply is None:
                    break
                self.note(reply)
                if reply.is_retryable and not once:
                    time.sleep(min(1.0, reply.data.get("retry_after_ms", 200) / 1000))
                    break
                if reply.cause == event["id"] or reply.cause is None:
                    return reply
            else:
                self.connect()
                continue
            if reply is None:
                self.connect()
        raise AssertionError(f"no answer in {timeout} s to {json.dumps(event, ensure_ascii=False)[:300]}")

    #  Many events, at most `window` of them unanswered; what is silent or retryable is sent again.
    #  Returns the replies by id.
    def ask_all(self, events, window=100, timeout=60.0):
        waiting, sent_at, replies = {e["id"]: e for e in events}, {}, {}
        end, heard = time.monotonic() + timeout, time.monotonic()
        unsent = list(waiting)[::-1]
        while len(replies) < len(waiting):
            now = time.monotonic()
            assert now < end, f"{len(waiting) - len(replies)} of {len(waiting)} not answered in {timeout} s"
            while unsent and len(sent_at) < window:
                if not self.tell(waiting[unsent[-1]]):
                    break
                sent_at[unsent.pop()] = now
            reply = self.hear(0.2)
            if reply is not None:
                heard = time.monotonic()
                self.note(reply)
                if reply.cause in sent_at:
                    del sent_at[reply.cause]
                    if reply.is_retryable:
                        unsent.insert(0, reply.cause)
                    else:
                        replies[reply.cause] = reply
            elif time.monotonic() - heard > SILENCE:
                self.connect()
                unsent += sent_at
                sent_at, heard = {}, time.monotonic()
        return replies

    def submit(self, data=None, id=None, person=None, once=False, timeout=20.0, attributes=None, **more):
        data = data or submission(**more)
        return self.ask(self.event("submission", data, id, person, **(attributes or {})), timeout, once)

    def command(self, case, command, id=None, person=None, expected_version=None, **arguments):
        data = {"case": case, "command": command, "arguments": arguments}
        if expected_version is not None:
            data["expected_version"] = expected_version
        return self.event("command", data, id, person)

    #  --- the feed

    def read(self, after=None, limit=100, wait_ms=0):
        data = {"after": self.cursor if after is None else after, "limit": limit, "wait_ms": wait_ms}
        return self.ask(self.event("feed.read", data), timeout=wait_ms / 1000 + 20)

    #  Reads on from the cursor; returns what is new
    def catch_up(self, wait_ms=0):
        page = self.read(wait_ms=wait_ms)
        events = [Reply(json.dumps(event).encode()) for event in page["events"]]
        self.cursor = page["next"]
        self.seen += events
        return events

    def find(self, matches, timeout=10.0):
        end = time.monotonic() + timeout
        while True:
            for event in self.seen:
                if matches(event):
                    return event
            if time.monotonic() > end:
                seen = "\n    ".join(str(event)[:300] for event in self.seen[-5:])
                raise AssertionError(f"not in the feed of {self.source} within {timeout} s; last:\n    {seen}")
            self.catch_up(wait_ms=500)

    #  What became of a command: case.changed or command.refused
    def outcome(self, id, timeout=10.0):
        return self.find(lambda event: event.cause == id and event.type != "notice", timeout)

    #  Orders, and waits for what became of it
    def act(self, case, command, person=None, timeout=10.0, **arguments):
        event = self.command(case, command, person=person, **arguments)
        reply = self.ask(event)
        return self.outcome(event["id"], timeout) if reply.is_receipt else reply
