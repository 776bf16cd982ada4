"""The journeys again with everybody on Telegram: the emergency, the takeover, the hand-back."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.channels.telegram_hotline import TelegramHotline
from tests.hotline import Hotline
from tests.journeys import test_emergency, test_takeover, test_turns
from tests.standins.process import Running, stand_in

# These hand messages of the web to the store themselves.
ONLY_ON_THE_WEB = (
    "test_two_hundred_takeovers_race_with_the_bot",
    "test_a_repeat_of_a_message_changes_nothing",
)
JOURNEYS = {
    f"{module.__name__.rpartition('.')[2]}: {name}": journey
    for module in (test_emergency, test_takeover, test_turns)
    for name, journey in vars(module).items()
    if name.startswith("test_")
    and name not in ONLY_ON_THE_WEB
    and list(inspect.signature(journey).parameters) == ["hotline"]
}


@pytest.fixture(scope="module")
def api() -> Iterator[Running]:
    """One stand-in for all journeys."""
    with stand_in("telegram") as running:
        yield running


@pytest.fixture
def hotline(tmp_path: Path, api: Running) -> Iterator[Hotline]:
    """A hotline on Telegram."""
    api.tell("forget")
    line = TelegramHotline(tmp_path / "var", api)
    yield line
    line.close()


@pytest.mark.parametrize("name", list(JOURNEYS))
def test_journey(hotline: Hotline, name: str) -> None:
    """It goes as it goes on the web."""
    journey: Callable[[Hotline], None] = JOURNEYS[name]
    journey(hotline)
