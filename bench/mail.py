"""The provider of pages: a mail server on loopback that notes when each mail was handed over."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import default

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

_REFERENCE = re.compile(r"/cases/([A-Z0-9-]+)")
_LINK = re.compile(r"/p/([0-9a-f]{32})")


@dataclass
class Postbox:
    """When the first mail about each case came in, by the monotonic clock, and its link."""

    port: int = 0
    first: dict[str, float] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    mails: int = 0

    async def handle_DATA(  # noqa: N802  # aiosmtpd's name
        self,
        server: SMTP,  # noqa: ARG002  # aiosmtpd's signature
        session: Session,  # noqa: ARG002
        envelope: Envelope,
    ) -> str:
        """Note and take the mail."""
        now = time.perf_counter()
        self.mails += 1
        assert isinstance(envelope.content, bytes)  # noqa: S101  # decode_data is off
        mail = message_from_bytes(envelope.content, policy=default)
        body = mail.get_body()
        words = body.get_content() if body is not None else ""
        link = _LINK.search(words)
        for reference in _REFERENCE.findall(words):
            if link is not None:
                self.links.setdefault(reference, link[1])
            self.first.setdefault(reference, now)
        return "250 OK"


@contextmanager
def postbox(port: int) -> Iterator[Postbox]:
    """A running mail server, in a thread of its own."""
    box = Postbox(port)
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()
