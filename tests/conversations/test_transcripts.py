"""Replays every transcript over the real input channel, action server and database."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.gateways.rasa import RasaAssistant
from tests.conversations.transcripts import Replay, Transcript, TranscriptError, read_all
from tests.hotline import Hotline
from tests.stack import Stack

pytestmark = pytest.mark.stack
TRANSCRIPTS = read_all(only_words=False)


@pytest.fixture
def real_hotline(tmp_path: Path, stack: Stack) -> Hotline:
    """A hotline whose assistant is the real one."""
    return Hotline(tmp_path / "var", assistant=RasaAssistant([stack.rasa_url], stack.rasa_key))


def replay(hotline: Hotline, transcript: Transcript) -> None:
    """Run one conversation from its first word to its last."""

    async def conversation() -> None:
        try:
            await hotline.staff("sari", phone="sari-phone", on_duty_hours=8)
            await Replay(hotline).run(transcript)
        finally:
            await hotline.app.close()

    asyncio.run(conversation())


@pytest.mark.parametrize(
    "transcript", TRANSCRIPTS, ids=[f"{each.file}: {each.name}" for each in TRANSCRIPTS]
)
def test_conversation(real_hotline: Hotline, transcript: Transcript) -> None:
    """It goes as written."""
    replay(real_hotline, transcript)


@pytest.mark.parametrize(
    "broken",
    [
        {"bot": "kalimat yang tidak pernah diucapkan"},
        {"never": "bot"},
        {"choices": ["Tidak Ada"]},
        {"silent": True},
        {"cases": ["danger emergency"]},
        {"pages": 3},
    ],
)
def test_a_broken_transcript_fails(real_hotline: Hotline, broken: dict[str, object]) -> None:
    """Each kind of step can fail: a runner that cannot see a fault proves nothing."""
    steps = ({"person": "halo"}, broken)
    with pytest.raises(TranscriptError, match="step 2"):
        replay(real_hotline, Transcript("broken", "on purpose", steps))


def test_there_are_transcripts_for_every_topic() -> None:
    """No topic of the assistant goes without a conversation."""
    topics = {path.stem for path in Path("data/rules").glob("*.yml")}
    assert {transcript.file.removeprefix("test_") for transcript in TRANSCRIPTS} >= topics
