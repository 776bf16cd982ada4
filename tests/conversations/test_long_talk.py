"""A conversation that never ends still costs little and forgets nothing that matters."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.gateways.rasa import MOST_EVENTS, RasaAssistant
from tests.conversations.transcripts import Replay
from tests.hotline import Hotline
from tests.stack import Stack

pytestmark = pytest.mark.stack


@pytest.fixture
def real_hotline(tmp_path: Path, stack: Stack) -> Hotline:
    """A hotline whose assistant is the real one."""
    return Hotline(tmp_path / "var", assistant=RasaAssistant([stack.rasa_url], stack.rasa_key))


def test_an_open_form_survives_a_very_long_talk(real_hotline: Hotline) -> None:
    """After forty questions in between, the answer to the form's question still counts."""

    async def conversation() -> None:
        replay = Replay(real_hotline)
        await replay.person("ibu saya hilang kontak di malaysia sejak lebaran")
        await replay.person("2")
        question = replay.answers[-1].text
        for _ in range(40):
            await replay.person("terima kasih")
        known = await real_hotline.app.read(lambda uow: uow.conversations.find_sender("web", "ani"))
        assert known is not None
        events = await real_hotline.app.read(lambda uow: uow.conversations.tracker(known))
        assert len(events) < MOST_EVENTS + 40
        await replay.person("menu")
        await replay.person("Sumiyati")
        assert replay.answers[-1].text != question
        (case,) = await real_hotline.cases()
        await replay.person("stop")
        (case,) = await real_hotline.cases()
        assert "Sumiyati" in case.fields.values()
        await real_hotline.app.close()

    asyncio.run(conversation())
