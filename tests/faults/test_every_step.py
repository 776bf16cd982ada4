"""kill -9 at every step of a turn: nothing lost, nothing twice, order kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.cli.up import free_port
from tests.faults.box import Box, server_program
from tests.stack import Stack

pytestmark = pytest.mark.stack
THANKS = "terima kasih ya"
HELP = "tolong saya dikunci di kamar"
STEPS = [
    *((THANKS, where) for where in ("take_in", "_turns", "_ask_assistant")),
    (HELP, "take_in"),
]


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(("text", "where"), STEPS)
def test_a_server_that_dies_loses_and_doubles_nothing(
    tmp_path: Path, stack: Stack, text: str, where: str, when: str
) -> None:
    """Each message is stored once and answered once, whatever moment the server dies at."""
    port = free_port()
    assistant = {
        "RASA_URLS": stack.rasa_url,
        "TANYADULU_RASA_KEY": stack.rasa_key,
        "DIE_AT": f"{where}:{when}",
    }
    dying = server_program(tmp_path, port, assistant, "tests.faults.dying_server")
    box = Box(tmp_path, [dying], port)
    try:
        first = box.children["server"]
        box.await_ready()
        healthy = server_program(tmp_path, port, {**assistant, "DIE_AT": ""})
        first.program = healthy
        texts = [text, "makasih kak", "sampai jumpa"]
        for number, words in enumerate(texts):
            box.say("ani", words, f"c{number}")
        said = box.await_answers("ani")
        assert first.deaths == 1
        assert [line["text"] for line in said if line["from"] == "person"] == texts
        turns = [line["turn_id"] for line in said if line["from"] == "person"]
        answered = [line["turn_id"] for line in said if line["from"] == "bot" and line["turn_id"]]
        assert answered == turns
    finally:
        box.close()
