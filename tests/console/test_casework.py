"""What a member can do on a case."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from bot.domain.cases import CaseState, LogKind
from bot.domain.conversation import HandledBy, Talk
from bot.domain.oncall import EscalationState
from tests.console.conftest import OWN, Office, Visitor
from tests.hotline import Hotline
from tests.real_cases import real_emergency


@pytest.fixture
def sari(office: Office) -> Visitor:
    """Petugas 1, signed in."""
    return office.signed_in("sari")


def path_of(office: Office, *, who: str = "ani") -> str:
    """The page of a fresh emergency."""
    return f"/console/cases/{office.emergency(who).reference}"


def taken(office: Office, visitor: Visitor) -> str:
    """The page of an emergency that this visitor has taken over."""
    path = path_of(office)
    assert visitor.post(f"{path}/take-over").status == 303
    return path


def test_a_case_shows_what_was_said_and_done(office: Office, sari: Visitor) -> None:
    """The words of the person, those of the bot, the signals and the log, all in Indonesian."""
    page = sari.get(path_of(office)).text
    for piece in (
        "tolong saya dikunci di kamar",
        "Pesan sudah diterima.",
        "Orang dalam bahaya",
        "dikurung",
        "Tidak ada yang bertugas",
        "Petugas masih dipanggil. Panggilan berikutnya 20.05 WIB.",
        "1 Bisa · 2 Tidak",
    ):
        assert piece in page


def test_i_have_it_stops_the_paging(office: Office, sari: Visitor) -> None:
    """Acknowledging stops the pages while the bot goes on talking."""
    path = path_of(office)
    assert sari.post(f"{path}/acknowledge").status == 303
    page = sari.get(path).text
    assert "Ditangani Petugas 1." in page
    assert "Bot menjawab." in page
    assert "masih dipanggil" not in page


def test_the_second_to_acknowledge_is_told(office: Office, sari: Visitor) -> None:
    """Two members who tap at once: one has it, the other learns so."""
    path = path_of(office)
    budi = office.signed_in("budi")
    sari.post(f"{path}/acknowledge")
    refused = budi.post(f"{path}/acknowledge")
    assert refused.status == 409
    assert "Kasus ini sudah dipegang Petugas 1." in refused.text


def test_take_over_answer_hand_back(office: Office, sari: Visitor) -> None:
    """The person hears that a human is here, gets the answer, and then the bot again."""
    path = taken(office, sari)
    form = sari.get(path).hidden["form_id"]
    assert sari.post(f"{path}/reply", text="Sedang di kota mana?", form_id=form).status == 303
    told = office.told("ani")
    assert any("Petugas 1" in text for text in told)
    assert told[-1] == "Sedang di kota mana?"
    assert "Sedang di kota mana?" in sari.get(path).text
    assert sari.post(f"{path}/hand-back").status == 303
    assert "Bot menjawab." in sari.get(path).text


def test_only_one_human_talks(office: Office, sari: Visitor) -> None:
    """A second member cannot take over, answer or hand back what the first one holds."""
    path = taken(office, sari)
    budi = office.signed_in("budi")
    page = budi.get(path)
    assert not any(action.startswith(f"{path}/reply") for action in page.actions)
    refused = budi.post(f"{path}/take-over")
    assert refused.status == 409
    assert "Petugas 1 sudah memegang percakapan ini." in refused.text
    for act in ("reply", "hand-back"):
        assert budi.post(f"{path}/{act}", text="halo").status == 409


def test_a_refused_reply_keeps_the_words(office: Office, sari: Visitor) -> None:
    """What somebody typed is still there when the step is refused."""
    path = taken(office, sari)
    refused = sari.post(f"{path}/reply", text="a" * 1501, form_id="f")
    assert refused.status == 409
    assert "Terlalu panjang: paling banyak 1500 huruf." in refused.text
    assert "a" * 1501 in refused.response.text


def test_an_empty_reply_is_refused(office: Office, sari: Visitor) -> None:
    """Spaces are no answer to somebody who waits."""
    path = taken(office, sari)
    assert "Pesannya masih kosong." in sari.post(f"{path}/reply", text="  \n ").text


def test_a_double_tap_sends_once(office: Office, sari: Visitor) -> None:
    """The same form twice, at once or later, is one message; a new form is another."""
    path = taken(office, sari)
    form = sari.get(path).hidden["form_id"]
    data = {"text": "Saya di sini.", "form_id": form}

    async def twice() -> list[httpx.Response]:
        """Both at the same time."""
        posts = (sari.client.post(f"{path}/reply", data=data, headers=OWN) for _ in range(2))
        return list(await asyncio.gather(*posts))

    assert [response.status_code for response in sari.run(twice())] == [303, 303]
    sari.post(f"{path}/reply", **data)
    assert office.told("ani").count("Saya di sini.") == 1
    sari.post(f"{path}/reply", text="Saya di sini.", form_id=sari.get(path).hidden["form_id"])
    assert office.told("ani").count("Saya di sini.") == 2


def test_a_refused_form_may_be_sent_again(office: Office, sari: Visitor) -> None:
    """A refusal does not use up the form."""
    path = path_of(office)
    data = {"text": "Halo", "form_id": "same"}
    assert sari.post(f"{path}/reply", **data).status == 409
    sari.post(f"{path}/take-over")
    assert sari.post(f"{path}/reply", **data).status == 303
    assert office.told("ani")[-1] == "Halo"


def test_the_words_of_people_are_never_markup(office: Office, sari: Visitor) -> None:
    """Tags, quotes and template marks in a message, a note and a field are shown as typed."""
    bait = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'{{ 7*7 }} saya dikunci di kamar"
    case = office.emergency("ani", bait)
    path = f"/console/cases/{case.reference}"
    now = office.hotline.clock.now()
    office.hotline.app.database.write(
        lambda uow: uow.cases.add_fields(case, {"<b>name": bait}, now)
    ).result()
    sari.post(f"{path}/note", text=bait)
    page = sari.get(path)
    assert page.response.text.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 3
    assert "<script>alert" not in page.response.text
    assert "<img" not in page.response.text
    assert page.text.count(bait) >= 3


def test_a_note_is_for_staff_only(office: Office, sari: Visitor) -> None:
    """A note stands in the log and reaches nobody outside."""
    path = path_of(office)
    sari.post(f"{path}/note", text="Suaranya pelan, ada orang lain.")
    assert "Suaranya pelan, ada orang lain." in sari.get(path).text
    assert not any("Suaranya" in text for text in office.told("ani"))


def test_closing_an_emergency_asks_twice(office: Office, sari: Visitor) -> None:
    """A tap too many at night does not end an emergency."""
    path = path_of(office)
    asked = sari.post(f"{path}/close", reason="helped", text="Sudah di KBRI.")
    assert asked.status == 200
    assert "Tutup kasus darurat ini?" in asked.text
    assert office.cases()
    assert sari.post(f"{path}/close", **asked.hidden).status == 303
    assert not office.cases()
    page = sari.get(path).text
    assert "Sudah ditutup: Sudah tertolong." in page
    assert "Sudah tertolong. Sudah di KBRI." in page


def test_closing_ends_the_paging(office: Office, sari: Visitor, hotline: Hotline) -> None:
    """Nobody is woken for a case that was closed."""
    case = office.emergency()
    sari.post(f"/console/cases/{case.reference}/close", reason="practice", confirmed="yes")
    escalation = hotline.app.database.read(lambda uow: uow.escalations.latest_for(case.id))
    assert escalation is not None
    assert escalation.state is EscalationState.RESOLVED


@pytest.mark.parametrize("reason", ["", "because"])
def test_closing_needs_a_reason(office: Office, sari: Visitor, reason: str) -> None:
    """Only the listed reasons count."""
    refused = sari.post(f"{path_of(office)}/close", reason=reason, confirmed="yes")
    assert refused.status == 409
    assert "Pilih dulu alasan menutup kasus." in refused.text


def test_a_held_conversation_is_handed_back_before_closing(office: Office, sari: Visitor) -> None:
    """Nobody is left talking to a closed door."""
    path = taken(office, sari)
    refused = sari.post(f"{path}/close", reason="helped", confirmed="yes")
    assert "Kembalikan dulu percakapannya ke bot." in refused.text


@pytest.mark.parametrize("act", ["acknowledge", "take-over", "reply", "hand-back", "note", "close"])
def test_nothing_is_done_on_a_closed_case(office: Office, sari: Visitor, act: str) -> None:
    """A page that was open since before the closing changes nothing."""
    case = office.emergency()
    path = f"/console/cases/{case.reference}"
    sari.post(f"{path}/close", reason="helped", confirmed="yes")
    refused = sari.post(f"{path}/{act}", text="x", reason="helped", confirmed="yes")
    assert refused.status == 409
    assert "Kasus ini sudah ditutup." in refused.text
    database = office.hotline.app.database
    assert database.read(lambda uow: uow.cases.get(case.id)).state is CaseState.CLOSED
    known = database.read(lambda uow: uow.conversations.get(case.conversation_id))
    assert known.handled_by is HandledBy.BOT
    last = database.read(lambda uow: uow.cases.log_entries(case.id))[-1]
    assert last.kind is LogKind.CLOSED


@pytest.mark.parametrize("path", ["/console/cases/TD-ZZZZZZ", "/console/cases/x", "/console/nope"])
def test_unknown_places_have_a_page(office: Office, sari: Visitor, path: str) -> None:
    """A mistyped reference gets a sentence and a way back."""
    page = sari.get(path)
    assert page.status == 404
    assert "tidak ada" in page.text


def test_unknown_steps_have_a_page(office: Office, sari: Visitor) -> None:
    """An act that does not exist, or a step on a case that does not."""
    assert sari.post(f"{path_of(office)}/explode").status == 404
    assert sari.post("/console/cases/TD-ZZZZZZ/take-over").status == 404


def test_writing_after_a_silence_is_warned_about(
    office: Office, sari: Visitor, hotline: Hotline
) -> None:
    """Until a safe way is known somebody else may hold the phone that has gone quiet."""
    case = office.emergency()
    path = f"/console/cases/{case.reference}"
    warning = "HP-nya mungkin dipegang orang lain"
    assert warning not in sari.get(path).text
    hotline.clock.forward(minutes=25)
    page = sari.get(path).text
    assert warning in page
    assert "Pesan terakhirnya 25 mnt lalu" in page
    now = hotline.clock.now()
    hotline.app.database.write(
        lambda uow: uow.cases.add_fields(case, {"safe_contact": "malam saja"}, now)
    ).result()
    assert warning not in sari.get(path).text


def test_who_asked_for_silence_is_not_written_to_unwarned(
    office: Office, sari: Visitor, hotline: Hotline
) -> None:
    """The warning stands before the takeover and, after it, right above the reply box."""
    case = office.emergency()
    hotline.app.database.write(
        lambda uow: uow.conversations.set_talk(case.conversation_id, Talk.DANGER_SILENT)
    ).result()
    path = f"/console/cases/{case.reference}"
    warning = "Orang ini minta kami diam."
    assert warning in sari.get(path).text
    sari.post(f"{path}/take-over")
    held = sari.get(path).response.text
    assert held.count(warning) == 1
    assert held.index('class="composer"') < held.index(warning) < held.index("Tulis balasan")


def test_a_quiet_phone_is_warned_about_above_the_reply_box(
    office: Office, sari: Visitor, hotline: Hotline
) -> None:
    """Who holds the talk reads the warning where they are about to write."""
    path = taken(office, sari)
    hotline.clock.forward(minutes=25)
    held = sari.get(path)
    assert "Pesan terakhirnya 25 mnt lalu. HP-nya mungkin dipegang orang lain" in held.text
    assert held.response.text.index('class="composer"') < held.response.text.index("dipegang")


def test_steps_lead_back_to_where_they_were_taken(office: Office, sari: Visitor) -> None:
    """After a takeover the reply box, after a note the notes, and closing goes on after hand-back."""
    path = path_of(office)

    def leads_to(act: str, **fields: str) -> str:
        """Where the answer of a step sends the browser."""
        return sari.post(f"{path}/{act}", **fields).response.headers["location"]

    assert leads_to("take-over") == f"{path}#end"
    assert leads_to("note", text="Sudah telepon.") == f"{path}#note"
    assert "lalu kasus bisa ditutup di sini" in sari.get(path).text
    assert leads_to("hand-back", **{"from": "close"}) == f"{path}#close"
    assert f"{path}/close" in sari.get(path).actions


def test_a_refused_note_never_stands_in_the_reply_box(office: Office, sari: Visitor) -> None:
    """What is written for staff only must not wait above a button that sends it out."""
    path = taken(office, sari)
    refused = sari.post(f"{path}/note", text="rahasia " * 600).response.text
    assert refused.count("rahasia " * 600) == 1
    assert refused.index('id="note-text"') < refused.index("rahasia ")


def test_nobody_closes_under_the_hands_of_another(office: Office, sari: Visitor) -> None:
    """While a colleague talks the page says who does instead of offering a form that fails."""
    path = taken(office, sari)
    page = office.signed_in("budi").get(path)
    assert "Petugas 1 masih menjawab orang ini." in page.text
    assert f"{path}/close" not in page.actions


def test_a_new_line_appears_within_a_second(office: Office, sari: Visitor) -> None:
    """What the person writes reaches the open page at once, without the rest of it."""
    path = taken(office, sari)
    office.told("ani")
    have = sari.get(path).have

    async def both() -> httpx.Response:
        """The page waits; the person writes."""
        waiting = asyncio.create_task(sari.client.get(path, headers=have))
        await asyncio.sleep(0.2)
        await office.hotline.says("ani", "saya di lantai tiga")
        return await asyncio.wait_for(waiting, 1)

    parts = sari.run(both()).json()["parts"]
    assert "saya di lantai tiga" in parts["lines"]["html"]
    assert "composer" not in parts


def test_a_page_that_answers_a_form_follows_its_case(office: Office, sari: Visitor) -> None:
    """A refusal and the second question know where to look for what is new."""
    path = path_of(office)
    for page in (
        sari.post(f"{path}/close", reason=""),
        sari.post(f"{path}/close", reason="helped"),
    ):
        assert f'data-live="{path}"' in page.response.text
        have = {"X-Have": "waiting:0"}
        assert set(sari.get(path, have).response.json()["parts"]) == {"waiting"}


def real(office: Office) -> str:
    """The page of an emergency that is no practice."""
    return f"/console/cases/{office.runner.run(real_emergency(office.hotline)).reference}"


def test_a_real_emergency_is_closed_by_two(office: Office, sari: Visitor) -> None:
    """One asks with a reason, the list and the case say so, another agrees after a question."""
    path, budi = real(office), office.signed_in("budi")
    assert "ditutup oleh dua orang" in sari.get(path).text
    asked = sari.post(f"{path}/close", reason="helped", text="Sudah di KBRI.")
    assert "Petugas lain harus menyetujui." in asked.text
    assert sari.post(f"{path}/close", **asked.hidden).status == 303
    own = sari.get(path)
    assert "Menunggu persetujuan petugas kedua." in own.text
    assert f"{path}/confirm-close" not in own.actions
    assert f"{path}/close" not in own.actions
    assert "Petugas 1 minta kasus ini ditutup" in budi.get("/console/").text
    assert f"{path}/confirm-close" in budi.get(path).actions
    question = budi.post(f"{path}/confirm-close")
    assert "Petugas 1: Sudah tertolong." in question.text
    assert budi.post(f"{path}/confirm-close", **question.hidden).status == 303
    closed = budi.get(path).text
    assert "Sudah ditutup: Sudah tertolong." in closed
    assert "Sudah tertolong. Sudah di KBRI." in closed


def test_the_one_who_asked_cannot_agree(office: Office, sari: Visitor) -> None:
    """Nor by a form made by hand."""
    path = real(office)
    sari.post(f"{path}/close", reason="helped", confirmed="yes")
    refused = sari.post(f"{path}/confirm-close", confirmed="yes")
    assert refused.status == 409
    assert len(office.cases()) == 1


def test_a_wish_to_close_is_taken_back(office: Office, sari: Visitor) -> None:
    """By whoever asked or by a colleague who disagrees; the form to ask is there again."""
    path, budi = real(office), office.signed_in("budi")
    for visitor in (sari, budi):
        sari.post(f"{path}/close", reason="helped", confirmed="yes")
        assert visitor.post(f"{path}/drop-close").status == 303
        page = sari.get(path)
        assert "Permintaan menutup batal" in page.text
        assert f"{path}/close" in page.actions
    assert budi.post(f"{path}/confirm-close", confirmed="yes").status == 409
