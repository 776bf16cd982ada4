"""Texts fit their channel without losing a word, and leave at its pace."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.channels import (
    RULES,
    TELEGRAM,
    WEB,
    WHATSAPP,
    ChannelRules,
    Pace,
    divide,
    fit,
    reserve,
    room_at,
)
from bot.domain.conversation import list_choices
from bot.domain.messages import Button, Reply

NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
CHOICES = (Button("Cek kerja", "/check"), Button("Keluarga hilang kontak", "/missing"))
SENTENCE = "Minta kontrak kerja dan nama perusahaannya dulu. "


def test_the_web_takes_everything_as_it_is() -> None:
    """The web takes everything as it is."""
    replies = [Reply("a" * 9000), Reply("b", CHOICES)]
    assert fit(replies, RULES[WEB]) == replies


@pytest.mark.parametrize("channel", [TELEGRAM, WHATSAPP])
def test_a_long_text_is_cut_at_sentence_ends(channel: str) -> None:
    """A long text is cut at sentence ends."""
    rules = RULES[channel]
    parts = fit([Reply(SENTENCE * 200, CHOICES)], rules)
    assert len(parts) > 1
    assert all(part.text.endswith("dulu.") for part in parts)
    assert "".join(part.text.replace(" ", "") for part in parts) == SENTENCE.replace(" ", "") * 200
    assert [part.buttons for part in parts[:-1]] == [()] * (len(parts) - 1)
    assert parts[-1].buttons == CHOICES


def test_whatsapp_merges_a_turn_and_keeps_the_last_choices() -> None:
    """Whatsapp merges a turn and keeps the last choices."""
    parts = fit(
        [Reply("Satu.", CHOICES[:1]), Reply("Dua."), Reply("Tiga.", CHOICES)], RULES[WHATSAPP]
    )
    assert parts == [Reply("Satu.\n- Cek kerja\n\nDua.\n\nTiga.", CHOICES)]


def test_telegram_keeps_the_replies_of_a_turn_apart() -> None:
    """Telegram keeps the replies of a turn apart."""
    replies = [Reply("Satu.", CHOICES), Reply("Dua.")]
    assert fit(replies, RULES[TELEGRAM]) == replies


def test_numbered_choices_count_towards_the_limit() -> None:
    """Numbered choices count towards the limit."""
    text = SENTENCE * 32
    assert 1500 < len(text) <= 1600
    parts = fit([Reply(text, CHOICES * 3)], RULES[WHATSAPP])
    assert len(parts) == 2
    assert len(f"{parts[-1].text}\n\n{list_choices(parts[-1].buttons)}") <= 1600


@given(
    st.text(max_size=400),
    st.integers(min_value=8, max_value=60),
    st.integers(min_value=0, max_value=7),
)
def test_dividing_loses_nothing_and_keeps_the_limit(text: str, longest: int, room: int) -> None:
    """Dividing loses nothing and keeps the limit."""
    parts = divide(text, longest, last_room=room)
    assert all(len(part) <= longest for part in parts)
    assert len(parts[-1]) <= longest - room
    assert "".join("".join(parts).split()) == "".join(text.split())
    if text.strip():
        assert all(part.strip() for part in parts)


def test_a_pace_allows_a_burst_and_then_one_each_interval() -> None:
    """A pace allows a burst and then one each interval."""
    pace = Pace(timedelta(seconds=6), 3)
    until = None
    for _ in range(3):
        assert room_at(until, NOW, pace) > 0
        until = reserve(until, NOW, pace)
    assert room_at(until, NOW, pace) == 0
    assert room_at(until, NOW + timedelta(seconds=5), pace) == 0
    assert room_at(until, NOW + timedelta(seconds=6), pace) == 1
    assert room_at(until, NOW + timedelta(hours=1), pace) == 3


def test_a_clock_set_back_does_not_stop_a_chat() -> None:
    """A clock set back does not stop a chat."""
    pace = Pace(timedelta(seconds=6), 3)
    assert room_at(NOW + timedelta(hours=3), NOW, pace) == 3


@given(st.lists(st.floats(min_value=0, max_value=20), max_size=60))
def test_a_pace_is_never_exceeded(pauses: list[float]) -> None:
    """A pace is never exceeded."""
    pace = Pace(timedelta(seconds=1), 5)
    now, until, sent = NOW, None, []
    for pause in pauses:
        now += timedelta(seconds=pause)
        if room_at(until, now, pace):
            until = reserve(until, now, pace)
            sent.append(now)
    for first in range(len(sent)):
        for last in range(first, len(sent)):
            allowed = pace.burst + (sent[last] - sent[first]) / pace.interval
            assert last - first + 1 <= allowed + 0.001


def test_every_channel_that_rings_has_a_pace_and_a_limit() -> None:
    """Every channel that rings has a pace and a limit."""
    ringing = [rules for rules in RULES.values() if rules.rings]
    assert len(ringing) == 2
    assert all(rules.longest and rules.per_chat and rules.overall for rules in ringing)
    assert RULES[WEB] == ChannelRules()
