"""A page holds no name, number, place or story, whatever the case is about."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.cases import REFERENCE_LETTERS, Case, CaseKind, CaseState
from bot.domain.office import Office
from bot.domain.pages import CODE_DIGITS
from bot.language.types import Urgency
from bot.services.ringing import page_text
from tests.hotline import Hotline, story

NOW = datetime(2026, 11, 21, 13, 0, tzinfo=UTC)
BASE = "https://tanya.example"
OFFICE = Office(
    practice=False,
    timezone=ZoneInfo("Asia/Jakarta"),
    console_url=f"{BASE}/console",
    turn_window=NOW - NOW,
    base=BASE,
)
WORDS = st.text(min_size=1, max_size=60)
SECRET = "Tarminah 0812345678901 disekap di gudang Poipet"  # what must not be seen
ALLOWED = re.compile(
    r"(\[LATIHAN\] )?(DARURAT )?TD-[0-9A-Z]{6}: ada orang menunggu jawaban\.\n"
    rf"Masuk untuk membaca: {re.escape(BASE)}/console/cases/TD-[0-9A-Z]{{6}}"
    rf"(\nSaya pegang: {re.escape(BASE)}/p/[0-9a-f]{{32}})?"
    rf"(\nAtau balas: [0-9]{{{CODE_DIGITS}}})?"
)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """A case of any kind, with anything that people told in it."""
    letters = st.text(alphabet=REFERENCE_LETTERS, min_size=6, max_size=6)
    return Case(
        id=draw(st.text(alphabet="0123456789abcdef", min_size=32, max_size=32)),
        reference=f"TD-{draw(letters)}",
        person_id=draw(WORDS),
        conversation_id=draw(WORDS),
        kind=draw(st.sampled_from(list(CaseKind))),
        urgency=draw(st.sampled_from(list(Urgency))),
        state=CaseState.OPEN,
        practice=draw(st.booleans()),
        opened_at=NOW,
        updated_at=NOW,
        trace_id="0" * 32,
        fields=draw(st.dictionaries(WORDS, WORDS, max_size=5)),
    )


@given(
    case=cases(),
    practice=st.booleans(),
    token=st.none() | st.text(alphabet="0123456789abcdef", min_size=32, max_size=32),
    code=st.none() | st.text(alphabet="0123456789", min_size=CODE_DIGITS, max_size=CODE_DIGITS),
)
def test_a_page_is_made_of_nothing_but_its_own_words(
    case: Case, practice: bool, token: str | None, code: str | None
) -> None:
    """Mark, urgency, reference, links and code: the whole text, to the letter."""
    link = f"{BASE}/p/{token}" if token else ""
    text = page_text(case, OFFICE, practice=practice, link=link, code=code)
    assert ALLOWED.fullmatch(text)
    assert ("DARURAT" in text) == (case.urgency is Urgency.EMERGENCY)


@story
async def test_what_reaches_phones_in_a_whole_night_holds_nothing(hotline: Hotline) -> None:
    """Steps, bundles, reminders, news, laps: no word that the person wrote, and no name of staff."""
    sari = await hotline.staff("sari", phone="p1", on_duty_hours=8)
    await hotline.staff("budi", phone="p2")
    for who in ("ani", "dewi", "eka"):
        await hotline.says(who, f"tolong saya dikunci, {SECRET}")
    for minutes in (2, 3, 5, 15):
        await hotline.forward(minutes=minutes)
    case = (await hotline.cases())[0]
    await hotline.takes(sari, case)
    for minutes in (10, 5, 5):
        await hotline.forward(minutes=minutes)
    texts = [text for ringing in hotline.phones.received.values() for text in ringing]
    assert len(texts) > 8
    secrets = {"dikunci", "tolong", "sari", "budi", "ani", *SECRET.lower().split()}
    for text in texts:
        assert not secrets & set(re.findall(r"\w+", text.lower()))
