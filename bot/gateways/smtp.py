"""Pages by e-mail."""

from __future__ import annotations

import asyncio
import smtplib
import ssl
from concurrent.futures import ThreadPoolExecutor
from email.message import EmailMessage
from urllib.parse import parse_qs, unquote, urlsplit

from bot.domain import page_words
from bot.domain.messages import Outbound
from bot.ports import SendError

# For each step of the talk with the mail server; less than the worker gives the whole of it.
TIMEOUT_SECONDS = 10
# The client blocks. Threads of its own: a silent mail server must not keep the store and the
# understanding of messages waiting, which share the threads of the event loop.
THREADS = 20
SUBJECT = "TanyaDulu"
"""Of what is no page: a code that somebody waits for."""


class MailError(ValueError):
    """SMTP_URL cannot be understood."""


class Mailer:
    """Sends through one mail server; `smtps://` speaks TLS from the start."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise MailError("SMTP_URL must look like smtp://user:password@host:port?from=address")
        self._tls = parts.scheme == "smtps"
        self._host = parts.hostname
        self._port = parts.port or (465 if self._tls else 587)
        self._user = unquote(parts.username or "")
        self._password = unquote(parts.password or "")
        sender = parse_qs(parts.query).get("from", [self._user])[0]
        if "@" not in sender:
            raise MailError("SMTP_URL needs ?from=address")
        self._from = sender
        self._threads = ThreadPoolExecutor(THREADS, "smtp")

    async def find_sent(self, message: Outbound) -> None:  # the port's signature
        """A mail server tells nothing afterwards."""

    async def send(self, message: Outbound) -> None:
        """See bot.ports.Sender."""
        if not message.address:
            raise SendError("no address", permanent=True)
        mail = EmailMessage()
        mail["From"] = self._from
        mail["To"] = message.address
        mail["Subject"] = _subject(message)
        # The same id on every try lets mail programs show a repeat once.
        mail["Message-ID"] = f"<{message.id}@{self._host}>"
        mail.set_content(message.text)
        try:
            await asyncio.get_running_loop().run_in_executor(self._threads, self._deliver, mail)
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            refused = all(code >= 500 for code in codes)
            raise SendError("recipient refused", permanent=refused) from error
        except (OSError, smtplib.SMTPException) as error:
            raise SendError(type(error).__name__, permanent=False) from error

    def _deliver(self, mail: EmailMessage) -> None:
        with self._connected() as server:
            if self._user:
                server.login(self._user, self._password)
            server.send_message(mail)

    def _connected(self) -> smtplib.SMTP:
        """A connection, encrypted where the server can."""
        if self._tls:
            return smtplib.SMTP_SSL(
                self._host, self._port, timeout=TIMEOUT_SECONDS, context=self._trust()
            )
        server = smtplib.SMTP(self._host, self._port, timeout=TIMEOUT_SECONDS)
        try:
            # Before its greeting nobody knows what a server can.
            server.ehlo_or_helo_if_needed()
            if server.has_extn("starttls"):
                server.starttls(context=self._trust())
        except BaseException:
            server.close()
            raise
        return server

    def _trust(self) -> ssl.SSLContext:
        """Whoever is told a password has to prove its name; a relay without one need not."""
        context = ssl.create_default_context()
        if not self._user:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context


def _subject(message: Outbound) -> str:
    card = message.card
    if card is None:
        return SUBJECT
    return page_words.subject(f"{card.marks}{card.first.reference}", len(card.lines) - 1)
