"""Pages by e-mail, through a real mail conversation."""

from __future__ import annotations

import asyncio

import pytest

from bot.cli.up import free_port
from bot.domain.messages import Outbound, Purpose
from bot.gateways.smtp import Mailer, MailError
from bot.ports import SendError
from tests.gateways.mail import mail_server

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


@pytest.mark.parametrize("url", ["", "http://x", "smtp://", "smtp://host", "smtp://h?from=nobody"])
def test_a_setting_that_cannot_work_is_refused_at_once(url: str) -> None:
    """Not at three in the morning, with the first page."""
    with pytest.raises(MailError):
        Mailer(url)
