#  mail_sink - a real SMTP server (aiosmtpd) that keeps what it gets and can be told to misbehave

import asyncio
import email
import email.policy

from aiosmtpd.controller import Controller

from e2e.stage import free_port


class Mail:
    def __init__(self, recipient, bytes_):
        parsed = email.message_from_bytes(bytes_, policy=email.policy.default)
        self.to, self.bytes = recipient, bytes_
        self.id, self.subject, self.header_to = parsed["Message-ID"], parsed["Subject"], parsed["To"]
        self.text = parsed.get_content() if not parsed.is_multipart() else parsed.get_body().get_content()


class Sink:
    def __init__(self, port=None):
        self.port = port or free_port()
        self.mails = []             # everything that reached the end of DATA, whatever was answered
        self.answers = []           # what to say to the next ones; then 250
        self.delay = 0.0            # seconds between the end of DATA and the answer
        self.controller = None
        self.start()

    def start(self):
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self.controller.start()

    def stop(self):
        if self.controller:
            self.controller.stop()
            self.controller = None

    async def handle_DATA(self, _server, _session, envelope):
        for recipient in envelope.rcpt_tos:
            self.mails.append(Mail(recipient, envelope.content))
        if self.delay:
            await asyncio.sleep(self.delay)
        return self.answers.pop(0) if self.answers else "250 OK"

    def to(self, address):
        return [mail for mail in self.mails if mail.to == address]
