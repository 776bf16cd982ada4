"""The real model is not sure: a question, a choice, and the first words are what was said."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from actions.meanings import SURE, WORTH_OFFERING
from bot.cli.train import UNDERSTANDING
from bot.gateways.rasa import RasaAssistant
from bot.language.meanings import MeaningModel
from bot.language.types import Urgency
from bot.language.understanding import Understander
from tests.conversations.transcripts import Replay
from tests.hotline import Hotline
from tests.stack import Stack

pytestmark = pytest.mark.stack

# Of many vague messages there is always one of which a model is not sure.
VAGUE = tuple(
    f"{who} {what}"
    for who in ("dia itu", "yang kemarin itu", "orang yang di sana itu", "ibu yang itu kak")
    for what in (
        "katanya begitu soal gaji sama paspor",
        "udah dikasih semua tapi begini jadinya",
        "bilang mau ke sana lagi bawa orang",
        "belum jelas juga kabarnya sampai kapan",
        "nagih terus padahal sudah pernah",
        "minta pulang tapi ya gitu",
    )
)
QUESTION = "maksudnya yang mana?"
TITLES = {
    "report_labour_abuse": "Gaji atau majikan",
    "report_recruiter": "Lapor calo atau agen",
    "report_money_lost": "Uang kena tipu",
    "ask_return_home": "Ingin pulang",
    "report_missing_relative": "Keluarga tanpa kabar",
}


@pytest.fixture
def real_hotline(tmp_path: Path, stack: Stack) -> Hotline:
    """A hotline whose assistant is the real one."""
    return Hotline(tmp_path / "var", assistant=RasaAssistant([stack.rasa_url], stack.rasa_key))


def unclear_trouble() -> tuple[str, str]:
    """Words of which today's model is not sure, and the title of the trouble that they may be."""
    reader = Understander(MeaningModel.load(UNDERSTANDING))
    for text in VAGUE:
        found = reader.understand(text)
        is_unclear = WORTH_OFFERING <= found.confidence < SURE
        is_calm = found.doubt is None and found.urgency in (Urgency.NONE, Urgency.CONCERN)
        if is_unclear and is_calm and found.intent in TITLES:
            return text, TITLES[found.intent]
    pytest.fail("the model is sure of every vague message")


def test_the_first_words_are_the_story_of_the_choice(real_hotline: Hotline) -> None:
    """The case that the choice opens holds what was not understood at first."""

    async def conversation() -> None:
        text, title = unclear_trouble()
        replay = Replay(real_hotline)
        await replay.person(text)
        await replay.bot(QUESTION)
        assert replay.answers[-1].buttons[-1].title == "Yang lain"
        await replay.cases([])
        await replay.person(title)
        (case,) = await real_hotline.cases()
        assert case.fields["story"] == text
        await real_hotline.app.close()

    asyncio.run(conversation())


def test_nobody_is_asked_twice_in_a_row(real_hotline: Hotline) -> None:
    """Unclear again: the menu with a person, and both messages wait for the choice."""

    async def conversation() -> None:
        text, _ = unclear_trouble()
        replay = Replay(real_hotline)
        await replay.person(text)
        await replay.bot(QUESTION)
        await replay.person(text)
        await replay.never(QUESTION)
        await replay.bot("belum menangkap")
        await replay.person("keluarga hilang kontak")
        (case,) = await real_hotline.cases()
        assert case.fields["story"] == f"{text}\n{text}"
        await real_hotline.app.close()

    asyncio.run(conversation())
