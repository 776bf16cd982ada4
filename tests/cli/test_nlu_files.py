"""An example is added to a file of data/nlu, and nothing else in it changes."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cli.nlu_files import Lesson, LessonError, examples_of, one_line, with_lesson
from bot.cli.nlu_shelf import Shelf
from bot.cli.train import SOURCES
from bot.language.types import Urgency
from bot.settings import ROOT

FILE = """\
# Danger. Comments stay.
version: "3.1"

nlu:
- intent: report_danger  # of all voices
  metadata:
    voice: jawa
    urgency: emergency
  examples: |
    - tolong saya disekap
    - kami dikurung   # part of the text

# between the blocks
- intent: report_danger
  metadata:
    voice: reviewed
    urgency: urgent
  examples: |
    - dia tidak boleh keluar

- intent: report_self_harm
  metadata: {voice: jawa, urgency: emergency}
  examples: |
    - ingin mati

# the end
"""
DANGER = Lesson("dia pegang kunci kamar", "report_danger", Urgency.EMERGENCY)


def added(before: str, after: str) -> list[str]:
    """The lines with words that are new; fails when any other line is gone or elsewhere."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    start = next((i for i, line in enumerate(old) if new[i] != line), len(old))
    count = len(new) - len(old)
    assert new[:start] + new[start + count :] == old
    return [line.rstrip("\r\n") for line in new[start : start + count] if line.strip()]


def test_staffs_block_of_the_kind_goes_on_at_its_end() -> None:
    """One line more, and that is all."""
    lesson = Lesson("gerbangnya dijaga terus", "report_danger", Urgency.URGENT)
    after = with_lesson("danger.yml", FILE, lesson)
    assert added(FILE, after) == ["    - gerbangnya dijaga terus"]
    assert "    - dia tidak boleh keluar\n    - gerbangnya dijaga terus\n\n- intent" in after


def test_a_block_is_made_behind_the_last_one_of_the_intent() -> None:
    """Not into the block of another urgency or voice."""
    after = with_lesson("danger.yml", FILE, DANGER)
    assert added(FILE, after) == [
        "- intent: report_danger",
        "  metadata:",
        "    voice: reviewed",
        "    urgency: emergency",
        "  examples: |",
        "    - dia pegang kunci kamar",
    ]
    assert "boleh keluar\n\n- intent: report_danger\n  metadata:\n    voice: rev" in after
    assert "pegang kunci kamar\n\n- intent: report_self_harm" in after
    second = Lesson("pintunya digembok", "report_danger", Urgency.EMERGENCY)
    assert added(after, with_lesson("danger.yml", after, second)) == ["    - pintunya digembok"]


def test_a_block_at_the_end_of_the_file() -> None:
    """Also where the file ends in a comment, or without an end of line."""
    lesson = Lesson("sudah tidak kuat hidup", "report_self_harm", Urgency.EMERGENCY)
    after = with_lesson("danger.yml", FILE, lesson)
    assert added(FILE, after)[-1] == "    - sudah tidak kuat hidup"
    assert after.endswith("kuat hidup\n\n# the end\n")
    bare = FILE.removesuffix("\n\n# the end\n")
    assert with_lesson("danger.yml", bare, lesson).startswith(f"{bare}\n\n- intent")


def test_other_ways_of_writing_a_file_are_kept() -> None:
    """Lists that are indented, blocks without metadata or blank lines, ends of line of Windows."""
    text = "nlu:\n  - intent: greet\n    examples: |\n        - halo\n  - intent: thank\n    examples: |\n        - suwun\n"
    after = with_lesson("x.yml", text, Lesson("hai", "greet", Urgency.NONE))
    assert added(text, after) == [
        "  - intent: greet",
        "    metadata:",
        "      voice: reviewed",
        "      urgency: none",
        "    examples: |",
        "      - hai",
    ]
    windows = FILE.replace("\n", "\r\n")
    changed = with_lesson("danger.yml", windows, DANGER)
    assert "\n" not in changed.replace("\r\n", "")
    assert added(windows, changed)[-1] == "    - dia pegang kunci kamar"


@pytest.mark.parametrize(
    "content",
    ["nlu: [", "version: '3.1'", "nlu: {}", "- a", "", "nlu:\n- word\n", "nlu:\n- intent: x\n"],
)
def test_a_file_of_another_form_is_refused(content: str) -> None:
    """Rather than changed by guessing."""
    with pytest.raises(LessonError):
        with_lesson("x.yml", content, DANGER)


def test_a_block_that_cannot_be_gone_on_with_is_left_alone() -> None:
    """Quoted examples stay as they are; a block of the usual form comes behind."""
    text = (
        "nlu:\n- intent: greet\n  metadata: {voice: reviewed, urgency: none}\n"
        '  examples: "- halo\\n- hai\\n"\n'
    )
    after = with_lesson("x.yml", text, Lesson("pagi", "greet", Urgency.NONE))
    assert after.startswith(text)
    assert list(examples_of("x.yml", after)) == [
        ("greet", each) for each in ("halo", "hai", "pagi")
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (" a \n b\u2028c\x00d\u200b ", "a b c d"),
        ("[nama](ibu saya)", "[nama] (ibu saya)"),
        ('[nama]{"entity": "x"}', '[nama] {"entity": "x"}'),
        ("[nama][nomor]", "[nama] [nomor]"),
    ],
)
def test_a_text_is_one_line_of_plain_words(text: str, line: str) -> None:
    """For Rasa, brackets with something behind them would be an entity."""
    assert one_line(text) == line


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=40))
def test_any_text_comes_back_as_it_was_added(text: str) -> None:
    """Whatever signs it holds, YAML gives back the same line."""
    line = one_line(text)
    if line:
        after = with_lesson("danger.yml", FILE, Lesson(line, "report_danger", Urgency.URGENT))
        assert ("report_danger", line) in list(examples_of("danger.yml", after))
        assert added(FILE, after) == [f"    - {line}"]


def test_every_file_of_the_project_can_be_added_to() -> None:
    """Each intent has a home, in the file that holds most of it."""
    assert "data/nlu/*.yml" in SOURCES
    shelf = Shelf.read(ROOT / "data" / "nlu")
    intents = set(yaml.safe_load((ROOT / "domain.yml").read_text("utf-8"))["intents"])
    assert set(shelf.intents) == intents - {"nlu_fallback"}
    for number, intent in enumerate(shelf.intents):
        shelf.add(Lesson(f"zzq kalimat uji {number} zzq", intent, Urgency.CONCERN))
    assert shelf.added == len(shelf.intents)
    removed = [line for line in shelf.diff().splitlines() if line.startswith("-")]
    assert all(line.startswith("---") for line in removed)
    assert "data/nlu/oblique.yml" not in shelf.diff()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of examples."""
    folder = tmp_path / "nlu"
    folder.mkdir()
    (folder / "danger.yml").write_text(FILE, "utf-8")
    (folder / "oblique.yml").write_text(
        "nlu:\n- intent: report_danger\n  examples: |\n    - malam ini naik perahu\n", "utf-8"
    )
    return folder


@pytest.mark.parametrize(
    ("text", "intent", "urgency", "reason"),
    [
        ("Tolong, sy disekap!", "report_danger", "emergency", "known already, as report_danger"),
        ("tlg saya disekap", "report_self_harm", "urgent", "known already, as report_danger"),
        ("halo", "greet", "none", "no intent greet"),
        (" \u200b ", "report_danger", "urgent", "empty"),
        ("dia di kamar", "report_danger", "none", "never none"),
    ],
)
def test_what_is_known_or_wrong_is_refused(
    folder: Path, text: str, intent: str, urgency: str, reason: str
) -> None:
    """Known is what has the same plain words; the reason does not repeat the text."""
    shelf = Shelf.read(folder)
    with pytest.raises(LessonError, match=reason) as refused:
        shelf.add(Lesson(text, intent, Urgency(urgency)))
    assert "kamar" not in str(refused.value)
    assert (shelf.added, shelf.diff()) == (0, "")


def test_the_same_text_is_taken_once(folder: Path) -> None:
    """Two messages of the same words teach no more than one."""
    shelf = Shelf.read(folder)
    shelf.add(DANGER)
    assert shelf.is_known("Dia pegang   kunci kamar")
    with pytest.raises(LessonError, match="known"):
        shelf.add(DANGER)


def test_writing_keeps_the_rights_of_a_file_and_leaves_nothing_behind(folder: Path) -> None:
    """The server's user must be able to read it afterwards."""
    path = folder / "danger.yml"
    path.chmod(0o644)
    shelf = Shelf.read(folder)
    shelf.add(DANGER)
    shelf.write()
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert added(FILE, path.read_text("utf-8"))[-1] == f"    - {DANGER.text}"
    assert sorted(each.name for each in folder.iterdir()) == ["danger.yml", "oblique.yml"]


def test_a_file_that_changed_meanwhile_is_not_overwritten(folder: Path) -> None:
    """Nor is any other one written."""
    shelf = Shelf.read(folder)
    shelf.add(DANGER)
    changed = FILE.replace("ingin mati", "ingin mati saja")
    (folder / "danger.yml").write_text(changed, "utf-8")
    with pytest.raises(LessonError, match="changed by somebody else"):
        shelf.write()
    assert (folder / "danger.yml").read_text("utf-8") == changed
    assert len(list(folder.iterdir())) == 2
