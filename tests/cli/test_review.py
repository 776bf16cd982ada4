"""Staff teach the assistant: what they are shown, what they are asked, what is written."""

from __future__ import annotations

import asyncio
import json
import os
import pty
import pwd
import select
import subprocess
import time
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from bot.cli import review
from bot.cli.nlu_shelf import Shelf
from bot.cli.review_talk import talk
from bot.cli.train import ensure_model
from bot.domain.messages import Button, Reply
from bot.domain.review import Candidate, Guess, Why
from bot.keyfile import new_key
from bot.language.types import Understanding, Urgency
from bot.language.understanding import Understander
from bot.ports import Answer
from bot.worker import Worker
from tests.cli.running import COMMAND, environment, tanyadulu
from tests.hotline import Hotline

EXAMPLES = """\
nlu:
- intent: report_danger
  metadata:
    voice: jawa
    urgency: emergency
  examples: |
    - tolong saya disekap
- intent: ask_destination
  metadata:
    voice: jawa
    urgency: none
  examples: |
    - negara mana yang boleh
- intent: report_money_lost
  metadata:
    voice: jawa
    urgency: concern
  examples: |
    - uang saya hilang
"""
GUESS = Guess(
    "ask_destination",
    0.21,
    Urgency.NONE,
    (("ask_destination", 0.21), ("report_danger", 0.2), ("report_money_lost", 0.1)),
)
PIAMBAK = Candidate("uang kulo dipun beta [nama]", GUESS, Why.UNSURE)
KAPAL = Candidate("kapalnya tidak ke darat lagi", GUESS, Why.DANGER, "report_danger")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A few examples, apart from those of the project."""
    folder = tmp_path / "nlu"
    folder.mkdir()
    (folder / "some.yml").write_text(EXAMPLES, "utf-8")
    return folder


class Staff:
    """Somebody who types one answer after the other, and then goes away."""

    def __init__(self, *answers: str) -> None:
        self._answers = list(answers)
        self.asked: list[tuple[str, str]] = []

    def __call__(self, question: str, text: str) -> str:
        """The next answer."""
        self.asked.append((question, text))
        if not self._answers:
            raise EOFError
        return self._answers.pop(0)


def teaches(folder: Path, *answers: str, found: tuple[Candidate, ...]) -> tuple[str, Shelf, int]:
    """Go through some messages; what was on the screen, what is on the shelf, how many were shown."""
    shelf, screen = Shelf.read(folder), StringIO()
    shown = talk(found, shelf, Staff(*answers), Console(file=screen, width=100))
    return screen.getvalue(), shelf, shown


def new_lines(shelf: Shelf) -> list[str]:
    """What would be written."""
    lines = shelf.diff().splitlines()
    return [line[1:] for line in lines if line.startswith("+") and not line.startswith("+++")]


def test_a_message_is_shown_with_guess_and_reason(folder: Path) -> None:
    """All that is known of it, and nothing that tells whose it is."""
    screen, _, shown = teaches(folder, "s", "s", found=(PIAMBAK, KAPAL))
    assert shown == 2
    for words in (
        "1 of 2",
        "uang kulo dipun beta [nama]",
        "not sure",
        "Guess: ask_destination 0.21, urgency none",
        "1 ask_destination 0.21   2 report_danger 0.20   3 report_money_lost 0.10",
        "it was an emergency",
        "m report_danger",
    ):
        assert words in screen


@pytest.mark.parametrize(
    ("answers", "intent", "urgency"),
    [
        (("3", ""), "report_money_lost", "concern"),
        (("report_money_lost", "urgent"), "report_money_lost", "urgent"),
        (("1", ""), "ask_destination", "none"),
        (("2", ""), "report_danger", "emergency"),
        (("7", "2", "soon", "urgent"), "report_danger", "urgent"),
        (("dance", "2", ""), "report_danger", "emergency"),
        (("2", "none", "1", ""), "ask_destination", "none"),
    ],
)
def test_an_answer_is_a_number_or_a_name_and_an_urgency(
    folder: Path, answers: tuple[str, ...], intent: str, urgency: str
) -> None:
    """Return takes the usual urgency; whatever is not understood or not possible is asked again."""
    _, shelf, _ = teaches(folder, *answers, found=(PIAMBAK,))
    assert new_lines(shelf) == [
        f"- intent: {intent}",
        "  metadata:",
        "    voice: reviewed",
        f"    urgency: {urgency}",
        "  examples: |",
        "    - uang kulo dipun beta [nama]",
    ]


def test_what_the_person_said_it_was_is_one_letter(folder: Path) -> None:
    """Where nobody said it the letter means nothing."""
    _, shelf, _ = teaches(folder, "m", "s", "m", "", found=(PIAMBAK, KAPAL))
    assert new_lines(shelf)[0] == "- intent: report_danger"
    assert new_lines(shelf)[-1] == "    - kapalnya tidak ke darat lagi"


def test_a_question_mark_lists_the_names(folder: Path) -> None:
    """All, or those that hold what is typed beside it."""
    screen, _, _ = teaches(folder, "?", "s", found=(PIAMBAK,))
    assert "ask_destination  report_danger  report_money_lost" in screen
    screen, _, _ = teaches(folder, "rep?", "s", found=(PIAMBAK,))
    assert "\nreport_danger  report_money_lost\n" in screen


def test_a_changed_text_is_scrubbed_again(folder: Path) -> None:
    """What staff add of their own must not tell anybody either."""
    who = Staff("e", "uang kulo dipun beta Pak Joko 0812 0000 0000", "3", "")
    shelf = Shelf.read(folder)
    talk((PIAMBAK,), shelf, who, Console(file=StringIO()))
    assert who.asked[1] == ("Text: ", PIAMBAK.text)
    assert new_lines(shelf)[-1] == "    - uang kulo dipun beta Pak [nama] [nomor]"


def test_a_known_text_is_refused_and_asked_about_again(folder: Path) -> None:
    """It may be changed or left."""
    screen, shelf, _ = teaches(folder, "e", "Tolong saya disekap!", "2", "", "s", found=(PIAMBAK,))
    assert "Not taken: the text is known already, as report_danger." in screen
    assert shelf.added == 0


@pytest.mark.parametrize("answers", [("3", "", "q"), ("3", "")])
def test_whoever_stops_keeps_what_was_taken(folder: Path, answers: tuple[str, ...]) -> None:
    """By q or by Ctrl-D; the message at hand counts as shown."""
    _, shelf, shown = teaches(folder, *answers, found=(PIAMBAK, KAPAL, PIAMBAK))
    assert (shown, shelf.added) == (2, 1)


@pytest.mark.parametrize(
    ("answers", "written"),
    [(("2", "", "y"), 1), (("2", "", "n"), 0), (("2", ""), 0), (("s", "y"), 0)],
)
def test_nothing_is_written_before_the_end(
    folder: Path, answers: tuple[str, ...], written: int
) -> None:
    """Not without having seen the changes and said yes to them."""
    screen, count = StringIO(), review._Count()
    console = Console(file=screen, width=100)
    review.ask_about((PIAMBAK,), Shelf.read(folder), Staff(*answers), console, count)
    is_changed = (folder / "some.yml").read_text("utf-8") != EXAMPLES
    assert (count.shown, count.accepted, is_changed) == (1, written, bool(written))
    assert ("+    - uang kulo dipun beta [nama]" in screen.getvalue()) is ("2" in answers)


def lines_of(tmp_path: Path, *lines: object) -> Path:
    """A file for --accept."""
    file = tmp_path / "accepted.jsonl"
    texts = (line if isinstance(line, str) else json.dumps(line) for line in lines)
    file.write_text("\n".join(texts), "utf-8")
    return file


def lesson(text: str, intent: str = "report_danger", urgency: str = "urgent") -> dict[str, str]:
    """One line of it."""
    return {"text": text, "intent": intent, "urgency": urgency}


def accepts(file: Path, folder: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run the command on a file."""
    return tanyadulu("review", "--accept", str(file), "--examples", str(folder), **settings)


def audit(data_dir: Path) -> list[dict[str, object]]:
    """The lines of the log."""
    log = data_dir / "logs" / "review.log"
    return [json.loads(line) for line in log.read_text("utf-8").splitlines()]


def test_lines_are_accepted_without_a_question(tmp_path: Path, folder: Path) -> None:
    """Scrubbed again, without a model or a database; the log says who and how many."""
    file = lines_of(
        tmp_path,
        lesson("dia dijaga terus kata Bu Sulastri"),
        "",
        lesson("jalannya dijaga\norang", urgency="emergency"),
        lesson("kerja di kutub boleh?", "ask_destination", "none"),
    )
    done = accepts(file, folder, TANYADULU_DATA_DIR=str(tmp_path / "var"))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Wrote 3 examples")
    written = (folder / "some.yml").read_text("utf-8")
    for line in ("dia dijaga terus kata Bu [nama]", "jalannya dijaga orang"):
        assert f"\n    - {line}\n" in written
    (told,) = audit(tmp_path / "var")
    me = pwd.getpwuid(os.getuid()).pw_name
    assert {name: told[name] for name in ("event", "by", "shown", "accepted")} == {
        "event": "reviewed",
        "by": me,
        "shown": 0,
        "accepted": 3,
    }
    assert "dijaga" not in (tmp_path / "var" / "logs" / "review.log").read_text("utf-8")


def test_one_bad_line_and_nothing_is_written(tmp_path: Path, folder: Path) -> None:
    """Each is named, without its text."""
    file = lines_of(
        tmp_path,
        lesson("dia dijaga terus"),
        "{",
        {"text": "rahasia", "guess": "report_danger", "urgency": "none"},
        lesson("rahasia", intent="dance"),
        lesson("rahasia", urgency="soon"),
        lesson(" "),
        lesson("tolong sy disekap"),
        lesson("dia dijaga terus"),
        lesson("rahasia", urgency="none"),
    )
    done = accepts(file, folder, TANYADULU_DATA_DIR=str(tmp_path / "var"))
    assert done.returncode == 2
    assert (folder / "some.yml").read_text("utf-8") == EXAMPLES
    assert done.stdout == ""
    assert "rahasia" not in done.stderr
    assert [line.removeprefix(f"tanyadulu: {file}, ") for line in done.stderr.splitlines()] == [
        "line 2: not valid JSON",
        'line 3: "intent" is missing or of another type',
        "line 4: there is no intent dance",
        "line 5: there is no such urgency: choose none, concern, urgent, emergency",
        "line 6: the text is empty",
        "line 7: the text is known already, as report_danger",
        "line 8: the text is known already, as report_danger",
        "line 9: report_danger is never none",
        "tanyadulu: 8 of the lines cannot be taken: nothing was written",
    ]
    assert [line["accepted"] for line in audit(tmp_path / "var")] == [0]


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (("--json", "--accept", "x.jsonl"), 2, "either --json or --accept"),
        (("--days", "0"), 2, "--days"),
        (("--accept", "/nowhere.jsonl"), 1, "no such file"),
        (("--accept", "/dev/null"), 2, "holds no lines"),
        (("--json", "--examples", "/nowhere"), 1, "there are no examples in /nowhere"),
        ((), 1, "use a terminal"),
    ],
)
def test_wrong_use_is_one_line(
    tmp_path: Path, arguments: tuple[str, ...], status: int, words: str
) -> None:
    """It says what to do instead."""
    done = tanyadulu("review", *arguments, TANYADULU_DATA_DIR=str(tmp_path / "var"))
    assert done.returncode == status
    assert words in done.stderr
    assert done.stderr.count("\n") == 1


CLARIFYING = Reply("Maksudnya yang mana?", (Button("Uang hilang", "/report_money_lost"),))
NAMES = (("intent", "guess"), ("confidence", "confidence"))
OBLIQUE = "begitulah kata Bu Sulastri 0812-0000-0000, keadaannya di dalam"


class Doubtful(Understander):
    """Understands by rules alone, whatever the model would say, and is in doubt about OBLIQUE."""

    def understand(self, text: str) -> Understanding:
        """Doubt about one text."""
        found = super().understand(text)
        return replace(found, doubt="report_danger") if text == OBLIQUE else found


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The settings of a hotline to which a few people wrote, and which is closed now."""
    ensure_model()
    folder, key = tmp_path_factory.mktemp("people") / "var", new_key()
    hotline = Hotline(folder, master_keys=(key,))
    hotline.app = replace(hotline.app, reader=Doubtful(None))
    hotline.worker = Worker(hotline.app)

    async def write() -> None:
        await hotline.says("ani", "halo kak, selamat pagi")
        hotline.clock.forward(minutes=1)
        await hotline.says("budi", OBLIQUE)
        await hotline.says("budi", "2")
        hotline.clock.forward(minutes=1)
        hotline.assistant.answers.append(Answer(replies=(CLARIFYING,), events=()))
        await hotline.says("citra", "uang saya hilang")
        await hotline.says("citra", "1")
        hotline.clock.forward(minutes=1)
        hotline.assistant.answers.append(Answer(replies=(CLARIFYING,), events=()))
        await hotline.says("dewi", "negara tujuan mana yang dilarang, kata Pak Joko")
        await hotline.says("dewi", "1")
        await hotline.says("eka", "tolong saya dikunci di kamar, dipukul")
        await hotline.says("eka", "yang zxqw vvkq qpzj")

    asyncio.run(write())
    hotline.close()
    return {"TANYADULU_DATA_DIR": str(folder), "MASTER_KEYS": key}


def test_candidates_come_as_lines(people: dict[str, str], folder: Path) -> None:
    """The newest first, scrubbed, with guess and reason; no id, no sender, nothing that is known."""
    done = tanyadulu("review", "--json", "--days", "36500", "--examples", str(folder), **people)
    assert done.returncode == 0, done.stderr
    corrected, denied = (json.loads(line) for line in done.stdout.splitlines())
    fields = {"text", "why", "meant", "guess", "confidence", "urgency", "likely"}
    assert set(corrected) == set(denied) == fields
    assert corrected["text"] == "negara tujuan mana yang dilarang, kata Pak [nama]"
    assert (corrected["why"], corrected["meant"]) == ("corrected", "report_money_lost")
    assert denied["text"] == "begitulah kata Bu [nama] [nomor], keadaannya di dalam"
    assert (denied["why"], denied["meant"]) == ("no_danger", None)
    for found in (corrected, denied):
        assert found["likely"][0] == {name: found[key] for name, key in NAMES}
        assert len(found["likely"]) == 3
    for secret in ("Sulastri", "Joko", "0812"):
        assert secret not in done.stdout
    assert audit(Path(people["TANYADULU_DATA_DIR"]))[-1]["shown"] == 2


def test_no_more_are_read_than_asked_for(people: dict[str, str], folder: Path) -> None:
    """And none that are older."""
    arguments = ("review", "--json", "--examples", str(folder))
    done = tanyadulu(*arguments, "--days", "36500", "--limit", "1", **people)
    assert done.stdout.count("\n") == 1


def test_a_lesson_at_a_terminal(people: dict[str, str], folder: Path) -> None:
    """The whole of it as a person sees it, up to the changed file."""
    master, slave = pty.openpty()
    arguments = [COMMAND, "review", "--days", "36500", "--examples", str(folder)]
    process = subprocess.Popen(
        arguments, stdin=slave, stdout=slave, stderr=slave, env=environment(**people, TERM="dumb")
    )
    os.close(slave)
    screen = ""
    try:
        for waits_for, answer in (
            ("1 of 2", ""),
            ("What does it mean?", "m\n"),
            ("How urgent?", "urgent\n"),
            ("2 of 2", ""),
            ("What does it mean?", "s\n"),
            ("Write 1 example?", "y\n"),
            ("Wrote 1 example;", ""),
        ):
            screen = seen_until(master, waits_for, screen)
            os.write(master, answer.encode())
        assert process.wait(30) == 0
    finally:
        process.kill()
        process.wait()
    os.close(master)
    written = (folder / "some.yml").read_text("utf-8")
    assert "\n    - negara tujuan mana yang dilarang, kata Pak [nama]\n" in written
    assert audit(Path(people["TANYADULU_DATA_DIR"]))[-1]["accepted"] == 1


def seen_until(terminal: int, words: str, before: str) -> str:
    """What comes after some words on a terminal; fails with all of it when they do not come."""
    screen, deadline = before, time.monotonic() + 60
    while words not in screen:
        assert time.monotonic() < deadline, screen
        if select.select([terminal], [], [], 1)[0]:
            screen += os.read(terminal, 65536).decode(errors="replace")
    return screen.partition(words)[2]
