"""Pages by e-mail, through a real mail conversation."""

from __future__ import annotations

import asyncio
import socket
import threading
from pathlib import Path

import pytest

from bot.cli.up import free_port
from bot.domain.messages import Outbound, Purpose
from bot.gateways.smtp import Mailer, MailError
from bot.ports import SendError
from tests.gateways.mail import mail_server, unproved_identity

PAGE = Outbound("a" * 32, Purpose.PAGE, "email", "t", 1, text="Halo ✨", address="sari@example.org")


def test_a_page_arrives() -> None:
    """With its text, a subject that says nothing, and the same id on every try."""
    with mail_server(free_port()) as box:
        mailer = Mailer(f"smtp://127.0.0.1:{box.port}?from=pager@example.org")
        asyncio.run(mailer.send(PAGE))
        (mail,) = box.received
    assert mail["To"] == "sari@example.org"
    assert PAGE.id in mail["Message-ID"]
    body = mail.get_payload(decode=True)
    assert isinstance(body, bytes)
    assert body.decode().strip() == "Halo ✨"


@pytest.mark.parametrize(
    ("answer", "permanent"), [("550 no such user", True), ("451 try later", False)]
)
def test_a_refusal_is_permanent_only_when_it_says_so(answer: str, permanent: bool) -> None:
    """5xx goes to the next contact at once, 4xx is tried again."""
    with mail_server(free_port()) as box:
        box.answers["sari@example.org"] = answer
        mailer = Mailer(f"smtp://127.0.0.1:{box.port}?from=pager@example.org")
        with pytest.raises(SendError) as caught:
            asyncio.run(mailer.send(PAGE))
    assert caught.value.permanent is permanent


def test_a_server_that_is_gone_is_tried_again() -> None:
    """No connection is no refusal."""
    mailer = Mailer(f"smtp://127.0.0.1:{free_port()}?from=pager@example.org")
    with pytest.raises(SendError) as caught:
        asyncio.run(mailer.send(PAGE))
    assert not caught.value.permanent


def test_a_page_travels_encrypted_where_the_server_can(tmp_path: Path) -> None:
    """Although a server says what it can only after the greeting."""
    with mail_server(free_port(), unproved_identity(tmp_path)) as box:
        mailer = Mailer(f"smtp://127.0.0.1:{box.port}?from=pager@example.org")
        asyncio.run(mailer.send(PAGE))
    assert box.encrypted == [True]


def test_a_password_is_told_to_nobody_unproved(tmp_path: Path) -> None:
    """Somebody in between shows a certificate of their own: no password, and the page waits."""
    with mail_server(free_port(), unproved_identity(tmp_path)) as box:
        mailer = Mailer(f"smtp://u:p@127.0.0.1:{box.port}?from=pager@example.org")
        with pytest.raises(SendError) as caught:
            asyncio.run(mailer.send(PAGE))
    assert (caught.value.permanent, box.received) == (False, [])


def test_a_silent_mail_server_keeps_nothing_else_waiting() -> None:
    """The store and the understanding use the threads of the event loop: they stay free."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as silent:
        mailer = Mailer(f"smtp://127.0.0.1:{silent.getsockname()[1]}?from=pager@example.org")

        async def stay_free() -> str:
            pages = [asyncio.create_task(mailer.send(PAGE)) for _ in range(40)]
            await asyncio.sleep(0.2)
            async with asyncio.timeout(2):
                name = await asyncio.to_thread(lambda: threading.current_thread().name)
            for page in pages:
                page.cancel()
            await asyncio.gather(*pages, return_exceptions=True)
            return name

        assert not asyncio.run(stay_free()).startswith("smtp")


@pytest.mark.parametrize("url", ["", "http://x", "smtp://", "smtp://host", "smtp://h?from=nobody"])
def test_a_setting_that_cannot_work_is_refused_at_once(url: str) -> None:
    """Not at three in the morning, with the first page."""
    with pytest.raises(MailError):
        Mailer(url)
