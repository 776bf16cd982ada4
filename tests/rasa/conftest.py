"""The running assistant, for all tests of the channel."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.rasa.speaking import Rasa
from tests.stack import Stack


@pytest.fixture
def rasa(stack: Stack) -> Iterator[Rasa]:
    """The channel of the running assistant."""
    rasa = Rasa(stack)
    yield rasa
    rasa.client.close()
