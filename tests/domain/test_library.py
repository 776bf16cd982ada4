"""Answers to questions: how one is put together, and what ours rest on."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml

from bot.domain.library import (
    MOST_CHARACTERS,
    MOST_SENTENCES,
    Fact,
    Library,
    Sentence,
    Topic,
    Variant,
    answer,
)
from bot.domain.library_files import LibraryError, load_library, sentences_of
from bot.language.places import country_keys
from bot.language.topics import sector_titles
from bot.settings import ROOT

TODAY = date(2026, 11, 21)
LAW = Fact("law", "The law says so.", "Undang-undang Contoh", TODAY)
NEWS = Fact("news", "It was in the news.", "Koran Contoh", TODAY - timedelta(days=9), valid_days=10)
RULE = Sentence("Begini aturannya.", ("law",))
NOW = Sentence("Sekarang begini.", ("news",))
ASK = Sentence("Tanyakan ke kantor.")
ASK_THERE = Sentence("Tanyakan ke kantor di sana.")
TOPIC = Topic(
    intent="ask_example",
    general=(RULE, ASK),
    variants=(
        Variant((NOW, ASK_THERE), countries=("taiwan",)),
        Variant((Sentence("Di pabrik begitu.", ("law", "news")),), sectors=("factory",)),
        Variant((Sentence("Di pabrik Taiwan lain.", ("law",)),), ("taiwan",), ("factory",)),
    ),
    varies=True,
)
SHELF = Library({"law": LAW, "news": NEWS}, {"ask_example": TOPIC})

PENALTY = re.compile(r"\bpenjara|\bpidana|\bkurungan|\bdenda\b", re.IGNORECASE)
SURE = re.compile(r"(?<!belum )\bpasti\b|\bdijamin\b|\bjanji\b|\bpasti resmi\b", re.IGNORECASE)
SAFE = re.compile(r"\baman\b", re.IGNORECASE)
STIFF = re.compile(r"\bAnda\b")


@pytest.fixture(scope="module")
def ours() -> Library:
    """What the hotline answers with."""
    return load_library(ROOT / "data")


def test_the_general_answer_needs_no_country() -> None:
    """What holds for everybody, its next step, its source and the day it was read."""
    found = answer(SHELF, "ask_example", None, None, TODAY)
    assert found.sentences == (RULE.say,)
    assert found.closing == ASK.say
    assert found.sources == ("Undang-undang Contoh",)
    assert found.checked_on == TODAY


def test_what_is_written_for_a_country_comes_before_what_holds_everywhere() -> None:
    """Its next step takes the place of the general one, and the oldest day counts."""
    found = answer(SHELF, "ask_example", "taiwan", None, TODAY)
    assert found.sentences == (NOW.say, RULE.say)
    assert found.closing == ASK_THERE.say
    assert found.checked_on == NEWS.checked_on


def test_what_is_written_for_both_comes_first() -> None:
    """Then country and work in turn; a sentence that rests on nothing new is left out."""
    found = answer(SHELF, "ask_example", "taiwan", "factory", TODAY)
    assert found.sentences == ("Di pabrik Taiwan lain.", NOW.say)


def test_a_country_without_words_of_its_own_is_told_as_not_known() -> None:
    """Where rules differ by country nothing is made up; the general answer still comes."""
    found = answer(SHELF, "ask_example", "poland", None, TODAY)
    assert found.is_unsure
    assert found.closing is None
    assert found.sentences == (RULE.say,)


def test_where_rules_do_not_differ_no_country_is_unsure() -> None:
    """How traffickers work is the same to everywhere."""
    shelf = replace(SHELF, topics={"ask_example": replace(TOPIC, varies=False)})
    found = answer(shelf, "ask_example", "poland", None, TODAY)
    assert not found.is_unsure
    assert found.closing == ASK.say


@pytest.mark.parametrize(
    ("today", "is_told"),
    [
        (NEWS.checked_on + timedelta(days=10), True),
        (NEWS.checked_on + timedelta(days=11), False),
        (None, False),
    ],
)
def test_a_stale_fact_takes_its_sentence_along(today: date | None, *, is_told: bool) -> None:
    """On its last day it is told; later, or on an unknown day, the answer says that it is old."""
    found = answer(SHELF, "ask_example", "taiwan", None, today)
    assert (NOW.say in found.sentences) is is_told
    assert found.is_stale is not is_told
    assert (found.closing is None) is not is_told
    assert ("Koran Contoh" in found.sources) is is_told


def test_a_named_country_may_replace_the_general_answer() -> None:
    """Who asks about Poland is not told about Cambodia."""
    elsewhere = (Sentence("Di mana pun begini.", ("law",)),)
    shelf = replace(SHELF, topics={"ask_example": replace(TOPIC, elsewhere=elsewhere)})
    assert answer(shelf, "ask_example", "poland", None, TODAY).sentences == ("Di mana pun begini.",)
    assert answer(shelf, "ask_example", None, None, TODAY).sentences == (RULE.say,)


def test_an_answer_is_as_long_as_one_reads_with_ease() -> None:
    """Sentences too long for the rest are left out, never cut."""
    facts = {f"f{number}": replace(LAW, id=f"f{number}") for number in range(9)}
    long = tuple(Sentence(f"{number} {'kata ' * 22}", (f"f{number}",)) for number in range(9))
    shelf = Library(facts, {"ask_example": replace(TOPIC, general=(*long, ASK), variants=())})
    found = answer(shelf, "ask_example", None, None, TODAY)
    assert 0 < len(found.sentences) < MOST_SENTENCES
    assert sum(map(len, found.sentences)) <= MOST_CHARACTERS
    assert all(told in {each.say for each in long} for told in found.sentences)


def test_every_question_country_and_work_has_an_answer(ours: Library) -> None:
    """Not one of the combinations claims nothing or says no next step; also when all is stale."""
    far = TODAY + timedelta(days=5000)
    for topic, country, sector, today in itertools.product(
        ours.topics, [None, *country_keys()], [None, *sector_titles()], [TODAY, far]
    ):
        found = answer(ours, topic, country, sector, today)
        assert found.sentences or found.is_stale, (topic, country, sector, today)
        assert found.closing or found.is_unsure or found.is_stale, (topic, country, sector)


def test_no_fact_lies_around(ours: Library) -> None:
    """Each is told in at least one answer that somebody can get."""
    told: set[str] = set()
    says = {each.say: each.facts for topic in ours.topics.values() for each in sentences_of(topic)}
    for topic, country, sector in itertools.product(
        ours.topics, [None, *country_keys()], [None, *sector_titles()]
    ):
        for sentence in answer(ours, topic, country, sector, TODAY).sentences:
            told.update(says[sentence])
    assert ours.facts.keys() - told == set()


def test_every_sentence_can_be_read(ours: Library) -> None:
    """No sentence is so far down that no question brings it up."""
    told: set[str] = set()
    for topic, country, sector in itertools.product(
        ours.topics, [None, *country_keys()], [None, *sector_titles()]
    ):
        found = answer(ours, topic, country, sector, TODAY)
        told.update((*found.sentences, found.closing or ""))
    written = {each.say for topic in ours.topics.values() for each in sentences_of(topic)}
    assert written - told == set()


def test_nothing_unverified_is_among_the_facts(ours: Library) -> None:
    """Every fact has a source and a day that is not in the future, and carries no mark of doubt."""
    for fact in ours.facts.values():
        assert fact.source.strip()
        assert fact.checked_on <= date(2026, 11, 30)
        assert "[M]" not in f"{fact.statement}{fact.source}{fact.url}"


def test_a_fact_about_a_country_is_told_of_that_country_only(ours: Library) -> None:
    """Nor is one about a kind of work told to whoever asks about another country."""
    for topic in ours.topics.values():
        for variant in topic.variants:
            for name in (name for each in variant.answer for name in each.facts):
                only = ours.facts[name].countries
                if only and variant.countries and topic.intent != "ask_scam_patterns":
                    assert set(only) & set(variant.countries), (topic.intent, name)


def test_answers_judge_nobody_and_promise_nothing(ours: Library) -> None:
    """No "aman", no "pasti" but for "belum pasti", no promise, no penalty, no stiff "Anda"."""
    for topic in ours.topics.values():
        for sentence in sentences_of(topic):
            for pattern in (PENALTY, SURE, SAFE, STIFF):
                assert not pattern.search(sentence.say), sentence.say


def test_a_claim_of_an_uncertain_source_says_so(ours: Library) -> None:
    """What is told as "menurut kabar" names its year, and what is marked secondary is told so."""
    for topic in ours.topics.values():
        for sentence in sentences_of(topic):
            secondary = any("secondary" in (ours.facts[name].url or "") for name in sentence.facts)
            assert not secondary or re.search(r"menurut kabar \w+ \d{4}", sentence.say)


def test_the_most_changeable_facts_live_shortly(ours: Library) -> None:
    """Whether a country is open is told for at most three months, the Middle East for one."""
    path = ROOT / "data" / "facts" / "destination.yml"
    for row in yaml.safe_load(path.read_text("utf-8")):
        days = ours.facts[row["id"]].valid_days
        assert days is not None
        assert days <= (30 if "saudi" in row["countries"] else 90)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("facts: [law]", "facts: [lore]", "no such fact: lore"),
        ("facts: [law]", "step: false", "either facts or step"),
        ("  - say: Begini.", "  - say: Begini.\n    step: true", "either facts or step"),
        ("- say: Begini.", "- says: Begini.", "unknown key: says"),
        ("- say: Begini.", '- say: ""', "missing: say"),
        ("general:", "generally:", "unknown key: generally"),
        ("countries: [taiwan]", "countries: [atlantis]", "unknown: atlantis"),
        ("countries: [taiwan]", "sectors: [mining]", "unknown: mining"),
        ("countries: [taiwan]", "countries: []", "for no country and no sector"),
        ("topic: ask_example", "topic: [", "cannot be read"),
    ],
)
def test_a_faulty_answer_is_named_with_its_fault(
    tmp_path: Path, old: str, new: str, fault: str
) -> None:
    """Whoever changes an answer is told what is wrong with it."""
    written(tmp_path, answers=ANSWERS.replace(old, new))
    with pytest.raises(LibraryError, match=fault):
        load_library(tmp_path)


@pytest.mark.parametrize(
    ("facts", "fault"),
    [
        ("", "expected a list"),
        ("- id: law", "missing: statement, source, checked_on"),
        ("FACT\n  valid_days: 0", "no number of days"),
        ("FACT\n  countries: [atlantis]", "unknown: atlantis"),
        ("FACT\n  day: 1", "unknown key: day"),
        ("FACT\nFACT", "stands twice: law"),
    ],
)
def test_a_faulty_fact_is_named_with_its_fault(tmp_path: Path, facts: str, fault: str) -> None:
    """A source or a day that is missing never reaches people."""
    written(tmp_path, facts=facts.replace("FACT", FACT.strip()))
    with pytest.raises(LibraryError, match=fault):
        load_library(tmp_path)


def test_files_of_the_right_shape_are_read(tmp_path: Path) -> None:
    """The examples that the faults above are made of are whole themselves."""
    written(tmp_path)
    shelf = load_library(tmp_path)
    assert shelf.facts["law"].checked_on == TODAY
    assert answer(shelf, "ask_example", "taiwan", None, TODAY).sentences == ("Di sana begitu.",)


def test_a_folder_without_files_is_refused(tmp_path: Path) -> None:
    """A wrong path is an error, not a hotline without answers."""
    with pytest.raises(LibraryError, match="no files"):
        load_library(tmp_path)


FACT = """
- id: law
  statement: The law says so.
  source: Undang-undang Contoh
  checked_on: 2026-11-21
"""
ANSWERS = """
topic: ask_example
general:
  - say: Begini.
    facts: [law]
variants:
  - countries: [taiwan]
    answer:
      - say: Di sana begitu.
        facts: [law]
"""


def written(data: Path, facts: str = FACT, answers: str = ANSWERS) -> None:
    """A folder of one file of facts and one of answers."""
    for name, text in (("facts", facts), ("answers", answers)):
        (data / name).mkdir()
        (data / name / "example.yml").write_text(text, encoding="utf-8")
