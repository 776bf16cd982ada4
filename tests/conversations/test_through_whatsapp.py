"""Every transcript over WhatsApp: Twilio's webhook in, Twilio's client out, a strict stand-in."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.gateways.rasa import RasaAssistant
from tests.channels.whatsapp_line import ANI, WhatsAppLine, whatsapp_line
from tests.conversations.through import Heard, Line, ThroughReplay
from tests.conversations.transcripts import Transcript, TranscriptError, read_all
from tests.stack import Stack
from tests.standins.process import Running

pytestmark = pytest.mark.stack
TRANSCRIPTS = read_all()


class OnWhatsApp(Line):
    """Ani on WhatsApp."""

    def __init__(self, line: WhatsAppLine) -> None:
        super().__init__(line.hotline)
        self.line = line
        self.seen = 0

    async def send(self, text: str) -> None:
        """Her message comes by the webhook, twice, as Twilio may repeat it."""
        told = await self.line.tell("inbound", sender=ANI, body=text, times=2)
        assert [status for status, _, _ in told["answers"]] == [200, 200]

    async def hears(self) -> list[Heard]:
        """Choices are the numbered lines below a text."""
        texts = await self.line.sees()
        new, self.seen = texts[self.seen :], len(texts)
        return [_heard(text) for text in new]


def _heard(text: str) -> Heard:
    words, _, last = text.rpartition("\n\n")
    titles = []
    for number, line in enumerate(last.split("\n"), 1):
        mark, _, title = line.partition(" ")
        if mark != str(number):
            return Heard(text)
        titles.append(title)
    return Heard(words, tuple(titles))


def replay(folder: Path, twilio: Running, stack: Stack, transcript: Transcript) -> None:
    """Run one conversation from its first word to its last."""

    async def conversation() -> None:
        assistant = RasaAssistant([stack.rasa_url], stack.rasa_key)
        async with whatsapp_line(
            folder, twilio, assistant=assistant, tanyadulu_practice=False
        ) as line:
            await line.open()
            await line.hotline.staff("sari", phone="sari-phone", on_duty_hours=8)
            await ThroughReplay(OnWhatsApp(line)).run(transcript)

    asyncio.run(conversation())


@pytest.mark.parametrize(
    "transcript", TRANSCRIPTS, ids=[f"{each.file}: {each.name}" for each in TRANSCRIPTS]
)
def test_conversation(
    tmp_path: Path, twilio: Running, stack: Stack, transcript: Transcript
) -> None:
    """It goes as written."""
    replay(tmp_path, twilio, stack, transcript)


@pytest.mark.parametrize(
    "broken",
    [
        {"bot": "kalimat yang tidak pernah diucapkan"},
        {"never": "bot"},
        {"choices": ["Tidak Ada"]},
        {"silent": True},
    ],
)
def test_a_broken_transcript_fails(
    tmp_path: Path, twilio: Running, stack: Stack, broken: dict[str, object]
) -> None:
    """A runner that cannot see a fault proves nothing."""
    steps = ({"person": "halo"}, broken)
    with pytest.raises(TranscriptError, match="step 2"):
        replay(tmp_path, twilio, stack, Transcript("broken", "on purpose", steps))
