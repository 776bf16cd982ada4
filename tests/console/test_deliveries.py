"""What a member reads about texts on their way to a phone, and letting held ones go."""

from __future__ import annotations

import pytest

from bot.domain.messages import Kind
from bot.ports import SendError
from bot.services.delivery import note_status
from tests.console.conftest import Office, Page, Visitor

ANI = "whatsapp:+6285100000001"
DANGER = "tolong saya dikunci di kamar"
BLOCKED = SendError("blocked", permanent=True, unreachable=True)


@pytest.fixture
def sari(office: Office) -> Visitor:
    """Petugas 1, signed in."""
    return office.signed_in("sari")


def taken(office: Office, sari: Visitor, channel: str = "telegram") -> str:
    """The page of an emergency in a chat app that Petugas 1 has taken over."""
    office.nobody.run(office.hotline.says(ANI, DANGER, channel=channel))
    path = f"/console/cases/{office.cases()[0].reference}"
    assert sari.post(f"{path}/take-over").status == 303
    office.nobody.run(office.hotline.settle())
    return path


def answer(office: Office, sari: Visitor, path: str, text: str) -> Page:
    """Petugas 1 answers; the page after everything that is due was done."""
    assert sari.post(f"{path}/reply", text=text).status == 303
    office.nobody.run(office.hotline.settle())
    return sari.get(path)


def held_row(page: Page) -> str:
    """The id of the text that could be let go."""
    return page.hidden["row"]


def wait(office: Office, minutes: int = 25) -> None:
    """Time passes in silence."""
    office.nobody.run(office.hotline.forward(minutes=minutes))


def received(office: Office, channel: str = "telegram") -> list[str]:
    """What reached phones."""
    return [text for _, text in office.hotline.chats[channel].received]


def test_the_channel_stands_on_list_and_case(office: Office, sari: Visitor) -> None:
    """Whoever answers knows where the person reads it."""
    path = taken(office, sari, "whatsapp")
    assert "lewat WhatsApp" in sari.get(path).text
    assert "WhatsApp" in sari.get("/console/").text
    office.emergency("budi")
    assert "Web" in sari.get("/console/").text


def test_a_text_is_under_way_until_it_is_sent(office: Office, sari: Visitor) -> None:
    """Nobody believes that a text has arrived that is still waiting for its turn."""
    path = taken(office, sari)
    assert sari.post(f"{path}/reply", text="Ada di mana?").status == 303
    assert "Ada di mana? sedang dikirim" in sari.get(path).text
    office.nobody.run(office.hotline.settle())
    assert "Ada di mana? terkirim" in sari.get(path).text


@pytest.mark.parametrize(
    ("status", "error", "shown"),
    [
        ("delivered", None, "sampai di HP"),
        ("read", None, "dibaca"),
        ("undelivered", "63016", "Ditahan: sudah lewat 24 jam"),
        ("failed", "21610", "TIDAK SAMPAI: orang ini berhenti berlangganan (menulis STOP)."),
        ("failed", "12345", "TIDAK SAMPAI: penyedia menolak (12345)."),
    ],
)
def test_what_the_provider_reports_is_told(
    office: Office, sari: Visitor, status: str, error: str | None, shown: str
) -> None:
    """Reports that come later change what the page says, in words."""
    path = taken(office, sari, "whatsapp")
    answer(office, sari, path, "Ada di mana?")
    known = office.nobody.run(office.hotline.talk(ANI, "whatsapp"))
    database = office.hotline.app.database
    row = database.read(lambda uow: uow.lines.for_staff(known))[-1].id
    now = office.hotline.clock.now()
    place = office.hotline.app.office
    database.write(lambda uow: note_status(uow, row, status, error, place, now)).result()
    page = sari.get(path)
    assert f"Ada di mana? {shown}" in page.text
    # What is held is not lost: it leaves when they write again.
    assert ("said human bad" in page.response.text) is (error not in (None, "63016"))
    assert ("Tidak bisa dihubungi lewat WhatsApp" in page.text) is (error == "21610")


def test_somebody_who_blocked_us_is_marked(office: Office, sari: Visitor) -> None:
    """The banner stays until they write again; the alarm and the log say it in words."""
    path = taken(office, sari)
    office.hotline.chats["telegram"].then = [BLOCKED]
    page = answer(office, sari, path, "Ada di mana?")
    assert "TIDAK SAMPAI: orang ini memblokir kami." in page.text
    assert "Tidak bisa dihubungi lewat Telegram: orang ini memblokir kami." in page.text
    assert "Balasan tidak akan sampai lewat Telegram" in page.text
    assert "Telegram (orang ini memblokir kami)" in page.text
    told = sari.get("/console/").text
    assert "Jawaban tidak sampai lewat Telegram (orang ini memblokir kami)." in told
    office.nobody.run(office.hotline.says(ANI, "saya kembali", channel="telegram"))
    page = sari.get(path)
    assert "Tidak bisa dihubungi" not in page.text
    assert "TIDAK SAMPAI" in page.text


def test_a_failure_that_may_pass_is_told(office: Office, sari: Visitor) -> None:
    """It is tried again; the reason is told in the meantime."""
    path = taken(office, sari)
    office.hotline.chats["telegram"].then = [SendError("no_connection", permanent=False)]
    page = answer(office, sari, path, "Ada di mana?")
    assert "belum terkirim, dicoba lagi (tidak tersambung ke penyedia)" in page.text
    wait(office, 1)
    assert "Ada di mana? terkirim" in sari.get(path).text


def test_nobody_knows_is_told_too(office: Office, sari: Visitor) -> None:
    """A call that died is unsure, then waits for the person: no text frightens twice."""
    path = taken(office, sari)
    office.hotline.chats["telegram"].then = [LookupError(), LookupError()]
    page = answer(office, sari, path, "Ada di mana?")
    assert "belum pasti sampai, sedang dicek" in page.text
    wait(office, 5)
    page = sari.get(path)
    assert "Belum pasti sampai, dan tidak dikirim ulang begitu saja." in page.text
    assert "Tidak pasti apakah jawaban lewat Telegram sampai." in sari.get("/console/").text


def test_a_warning_comes_before_the_text_is_held(office: Office, sari: Visitor) -> None:
    """The reply box says that a text would wait; just after a message it says nothing."""
    path = taken(office, sari)
    assert "Balasan akan ditahan" not in sari.get(path).text
    wait(office)
    page = sari.get(path).text
    assert "Balasan akan ditahan sampai dia menulis lagi: pesan terakhirnya 25 mnt lalu" in page
    page = answer(office, sari, path, "Apa kabar?").text
    assert "Ditahan: menunggu orang itu menulis lagi. HP-nya mungkin dilihat orang lain." in page
    office.nobody.run(office.hotline.says(ANI, "ya", channel="telegram"))
    assert "Apa kabar? terkirim" in sari.get(path).text


def test_on_the_web_nothing_is_held(office: Office, sari: Visitor) -> None:
    """A page rings nobody; the old advice stays."""
    case = office.emergency()
    path = f"/console/cases/{case.reference}"
    sari.post(f"{path}/take-over")
    office.hotline.clock.forward(minutes=25)
    page = sari.get(path).text
    assert "Balasan akan ditahan" not in page
    assert "tunggu sampai dia menulis lagi" in page


def test_two_members_let_a_held_text_go(office: Office, sari: Visitor) -> None:
    """The first wish is noted, the second member's consent sends; once."""
    budi = office.signed_in("budi")
    path = taken(office, sari)
    wait(office)
    row = held_row(answer(office, sari, path, "Apa kabar?"))
    question = sari.post(f"{path}/release", row=row)
    assert question.status == 200
    for piece in ("Kirim pesan ini sekarang?", "Apa kabar?", "butuh persetujuan petugas kedua"):
        assert piece in question.text
    assert sari.post(f"{path}/release", **question.hidden).status == 303
    office.nobody.run(office.hotline.settle())
    assert "Apa kabar?" not in received(office)
    assert "Menunggu persetujuan petugas kedua." in sari.get(path).text
    again = sari.post(f"{path}/release", **question.hidden)
    assert again.status == 409
    assert "Menunggu persetujuan petugas kedua." in again.text
    assert "Petugas 1 minta dikirim sekarang." in budi.get(path).text
    question = budi.post(f"{path}/release", row=row)
    assert "persetujuan ini mengirimnya" in question.text
    assert budi.post(f"{path}/release", **question.hidden).status == 303
    office.nobody.run(office.hotline.settle())
    assert received(office).count("Apa kabar?") == 1
    assert budi.post(f"{path}/release", **question.hidden).status == 409
    assert "Apa kabar? terkirim" in sari.get(path).text


def test_with_a_safe_way_one_member_is_enough(office: Office, sari: Visitor) -> None:
    """What the person asked for stands on the page that asks."""
    path = taken(office, sari)
    (case,) = office.cases()
    now = office.hotline.clock.now()
    way = {"safe_contact": "malam jam 9 <b>lewat</b> chat"}
    database = office.hotline.app.database
    database.write(lambda uow: uow.cases.add_fields(case, way, now)).result()
    wait(office)
    row = held_row(answer(office, sari, path, "Apa kabar?"))
    question = sari.post(f"{path}/release", row=row)
    assert "malam jam 9 <b>lewat</b> chat" in question.text
    assert "petugas kedua" not in question.text
    sari.post(f"{path}/release", **question.hidden)
    office.nobody.run(office.hotline.settle())
    assert received(office)[-1] == "Apa kabar?"


def test_only_held_texts_of_this_case_can_be_let_go(office: Office, sari: Visitor) -> None:
    """Not one that was sent, not another person's, not what the provider would refuse."""
    path = taken(office, sari)
    office.nobody.run(office.hotline.says("budi", DANGER, channel="telegram"))
    other = next(
        f"/console/cases/{case.reference}"
        for case in office.cases()
        if not path.endswith(case.reference)
    )
    wait(office)
    row = held_row(answer(office, sari, path, "Apa kabar?"))
    known = office.nobody.run(office.hotline.talk(ANI, "telegram"))
    sent = office.hotline.app.database.read(lambda uow: uow.lines.of(known))
    for where, which in ((other, row), (path, sent[0].id), (path, "x"), (path, "")):
        refused = sari.post(f"{where}/release", row=which, confirmed="yes")
        assert refused.status == 409
        assert "Pesan ini sudah tidak ditahan." in refused.text
    assert office.visitor().post(f"{path}/release", row=row, confirmed="yes").status == 303
    assert "Apa kabar?" not in received(office)


def test_after_a_day_whatsapp_is_not_even_asked(office: Office, sari: Visitor) -> None:
    """Letting go would only send the opening text again: no button, and the reason."""
    path = taken(office, sari, "whatsapp")
    wait(office, 25 * 60)
    sari.sign_in("sari")  # sessions last half a day
    page = answer(office, sari, path, "Apa kabar?")
    budi = office.signed_in("budi")
    row = held_row(page)
    sari.post(f"{path}/release", row=row, confirmed="yes")
    budi.post(f"{path}/release", row=row, confirmed="yes")
    office.nobody.run(office.hotline.settle())
    page = budi.get(path)
    assert "Ditahan: sudah lewat 24 jam" in page.text
    assert f"{path}/release" not in page.actions
    assert budi.post(f"{path}/release", row=row, confirmed="yes").status == 409
    assert "sudah lewat 24 jam, dan belum ada pesan pembuka" in budi.get("/console/").text


@pytest.mark.parametrize(
    ("kind", "text", "detail", "shown"),
    [
        (Kind.LOCATION, "", "-6.2, 106.816666\nPasar", ("Lokasi", "-6.2, 106.816666", "Pasar")),
        (Kind.CONTACT, "", "Pak Contoh, 0851", ("Kontak", "Pak Contoh, 0851")),
        (Kind.STICKER, "", "😢", ("Stiker", "😢")),
        (Kind.REACTION, "", "👍", ("Reaksi pada satu pesan", "👍")),
        (Kind.POLL, "", "Mau?\n- ya", ("Jajak pendapat", "Mau?", "- ya")),
        (Kind.EDITED, "saya di kamar 5", "", ("Mengubah pesan", "saya di kamar 5")),
        (Kind.DELETED, "", "", ("Menghapus satu pesan",)),
        (Kind.CALL, "", "", ("Menelepon; tidak dijawab",)),
        (Kind.UNKNOWN, "", "gift", ("Pesan yang jenisnya belum dikenal", "gift")),
        (Kind.EMPTY, "", "↪ Pak Agen", ("Pesan kosong", "Diteruskan dari Pak Agen")),
    ],
)
def test_every_sort_of_message_is_told(
    office: Office, sari: Visitor, kind: Kind, text: str, detail: str, shown: tuple[str, ...]
) -> None:
    """Whatever came, staff read what it was."""
    path = taken(office, sari)
    sent = office.hotline.says(ANI, text, channel="telegram", kind=kind, detail=detail)
    office.nobody.run(sent)
    page = sari.get(path)
    for piece in shown:
        assert piece in page.text
    link = 'href="geo:-6.200000,106.816666?q=-6.200000,106.816666"'
    assert (link in page.response.text) is (kind is Kind.LOCATION)
    if not text:
        assert f"[{shown[0]}]" in sari.get("/console/").text


def test_what_the_person_polls_is_what_was_sent(office: Office, sari: Visitor) -> None:
    """What is written on the web is there for the person with the same commit."""
    case = office.emergency()
    path = f"/console/cases/{case.reference}"
    sari.post(f"{path}/take-over")
    office.nobody.run(office.hotline.settle())
    sari.post(f"{path}/reply", text="Belum berangkat")
    assert "Belum berangkat" in sari.get(path).text
    assert "sedang dikirim" not in sari.get(path).text
    assert "Belum berangkat" in office.nobody.run(office.hotline.answers("ani"))
