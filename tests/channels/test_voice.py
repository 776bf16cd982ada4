"""Calls: silence on the phone, a line in the conversation, an answer by text."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.domain.channels import WHATSAPP
from bot.domain.messages import Kind
from tests.channels.whatsapp_line import ANI, whatsapp_line
from tests.hotline import story
from tests.standins.process import Running


@pytest.mark.parametrize("caller", [ANI, ANI.removeprefix("whatsapp:")])
@story
async def test_a_call_is_rejected_and_answered_by_text(
    tmp_path: Path, twilio: Running, caller: str
) -> None:
    """One line and one text, however often Twilio asks; nothing is to be heard."""
    async with whatsapp_line(tmp_path, twilio) as line:
        await line.writes("halo")
        sid = "CA" + "5" * 32
        for _ in range(2):
            ((status, body, _),) = await line.tell("call", sender=caller, sid=sid)
            assert status == 200
            assert "<Reject" in body
            assert "<Say" not in body
        await line.hotline.settle()
        lines = await line.hotline.lines(ANI, WHATSAPP)
        assert [one.kind for one in lines if one.author == "person"] == [Kind.TEXT, Kind.CALL]
        assert len(await line.sees()) == 2


@story
async def test_a_caller_without_a_number_is_not_lost(tmp_path: Path, twilio: Running) -> None:
    """Nobody can be answered, but staff see that somebody called."""
    async with whatsapp_line(tmp_path, twilio) as line:
        for caller in ("", "Anonymous", "+12x", "client:x"):
            ((status, body, _),) = await line.tell("call", sender=caller)
            assert (status, "<Reject" in body) == (200, True)
        assert await line.refused() == {("voice", "anonymous"): 4}


@story
async def test_a_forged_call_is_refused(tmp_path: Path, twilio: Running) -> None:
    """Unsigned, of another account, without an id."""
    async with whatsapp_line(tmp_path, twilio) as line:
        ((status, _, _),) = await line.tell("call", sender=ANI, token="x")
        assert status == 403
        form = {"CallSid": "CA1", "AccountSid": "AC1", "From": ANI}
        assert [one[0] for one in await line.post("/webhooks/voice", form)] == [403]
        assert [one[0] for one in await line.post("/webhooks/voice", {})] == [403]


@story
async def test_our_own_trouble_is_not_read_aloud(tmp_path: Path, twilio: Running) -> None:
    """Twilio speaks to whoever holds the phone when a webhook fails."""
    async with whatsapp_line(tmp_path, twilio) as line:
        now = line.hotline.clock.now()
        line.hotline.clock._now = None  # type: ignore[assignment]  # nothing can be stored
        ((status, body, _),) = await line.tell("call", sender=ANI)
        line.hotline.clock._now = now
        assert (status, "<Reject" in body) == (200, True)
        assert await line.hotline.app.read(
            lambda uow: uow.conversations.find_sender(WHATSAPP, ANI) is None
        )
