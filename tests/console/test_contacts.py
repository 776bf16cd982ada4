"""A member's own contacts: added, proved, ordered, tried; and who of the team cannot be woken."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.console.contacts import PLACE
from bot.domain.messages import Outbound
from bot.domain.staff import Contact, Role
from bot.domain.staff_contacts import EMAIL, SMS, TELEGRAM_STAFF, VOICE
from bot.ports import SendError
from bot.services import page_answers
from bot.store.unit_of_work import SqlUnitOfWork
from bot.worker import Worker
from tests.console.conftest import Office, Page, Visitor

PHONE = "+628120000001"


class Post:
    """What is sent to the members' addresses; it can be told to refuse."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str, str]] = []
        self.refuses = False

    async def find_sent(self, _message: Outbound) -> None:
        """Nothing is told afterwards."""

    async def send(self, message: Outbound) -> None:
        """Take it, or refuse it for good."""
        if self.refuses:
            raise SendError("gone", permanent=True)
        self.sent.append((message.channel, message.address or "", message.text))

    @property
    def code(self) -> str:
        """The code that was sent last."""
        return self.sent[-1][2].partition("Kode TanyaDulu: ")[2][:6]


@pytest.fixture
def letters() -> Post:
    """All channels that wake staff."""
    return Post()


@pytest.fixture
def wired(office: Office, letters: Post) -> Office:
    """An office with channels that wake staff."""
    app = office.hotline.app
    names = (SMS, VOICE, EMAIL, TELEGRAM_STAFF)
    senders = {**app.senders, **dict.fromkeys(names, letters)}
    channels = app.office.page_channels | set(names)
    office.hotline.app = replace(
        app, senders=senders, office=replace(app.office, page_channels=channels)
    )
    office.hotline.worker = Worker(office.hotline.app)
    return Office(office.hotline, office.runner)


@pytest.fixture
def sari(wired: Office) -> Visitor:
    """Petugas 1 with a session."""
    return wired.signed_in("sari")


def known(office: Office, login: str = "sari") -> tuple[Contact, ...]:
    """The contacts of a member."""

    def read(uow: SqlUnitOfWork) -> tuple[Contact, ...]:
        member = uow.staff.find(login)
        assert member is not None
        return uow.staff.contacts(member.id)

    return office.hotline.app.database.read(read)


def add(visitor: Visitor, channel: str = SMS, address: str = PHONE) -> Page:
    """Fill in the form for a new contact."""
    return visitor.post(f"{PLACE}/add", channel=channel, address=address)


def proved(visitor: Visitor, office: Office, letters: Post, channel: str, address: str) -> Contact:
    """A new contact with its code told back."""
    add(visitor, channel, address)
    contact = known(office)[-1]
    assert visitor.post(f"{PLACE}/{contact.id}/confirm", code=letters.code).status == 303
    return known(office)[-1]


def test_a_contact_counts_once_its_code_came_back(
    wired: Office, sari: Visitor, letters: Post
) -> None:
    """Sent, told back, proved; until then nothing is sent there but the code."""
    assert add(sari, SMS, "+62 812-0000-001").status == 303
    (contact,) = known(wired)
    assert (contact.address, contact.verified_at) == (PHONE, None)
    assert letters.sent[0][:2] == (SMS, PHONE)
    assert "Belum terbukti" in sari.get(PLACE).text
    spaced = f"{letters.code[:3]} {letters.code[3:]}"
    assert sari.post(f"{PLACE}/{contact.id}/confirm", code=spaced).status == 303
    assert known(wired)[0].verified_at is not None
    assert "Sudah terbukti" in sari.get(PLACE).text


def test_a_wrong_code_counts_and_five_are_enough(
    wired: Office, sari: Visitor, letters: Post
) -> None:
    """After that the right one is worth nothing either, until a new one is sent."""
    add(sari)
    (contact,) = known(wired)
    wrong = f"{(int(letters.code) + 1) % 1_000_000:06}"
    for _ in range(5):
        page = sari.post(f"{PLACE}/{contact.id}/confirm", code=wrong)
        assert (page.status, "tidak cocok" in page.text) == (409, True)
    assert sari.post(f"{PLACE}/{contact.id}/confirm", code=letters.code).status == 409
    assert known(wired)[0].verified_at is None
    assert sari.post(f"{PLACE}/{contact.id}/again").status == 409, "not within a minute"
    wired.hotline.clock.forward(minutes=2)
    assert sari.post(f"{PLACE}/{contact.id}/again").status == 303
    assert sari.post(f"{PLACE}/{contact.id}/confirm", code=letters.code).status == 303


def test_a_code_lasts_a_quarter_of_an_hour(wired: Office, sari: Visitor, letters: Post) -> None:
    """Somebody finds the phone of yesterday: its code proves nothing."""
    add(sari)
    (contact,) = known(wired)
    wired.hotline.clock.forward(minutes=15)
    assert sari.post(f"{PLACE}/{contact.id}/confirm", code=letters.code).status == 409


@pytest.mark.parametrize(
    ("channel", "address", "words"),
    [
        (SMS, "0812 0000 0001", "kode negara"),
        (VOICE, "sari@example.org", "kode negara"),
        (SMS, "+62 12", "terlalu pendek"),
        (SMS, "", "kode negara"),
        (EMAIL, "sari", "belum benar"),
        (EMAIL, "a@b", "belum benar"),
        (EMAIL, "a@example.org, b@example.org", "belum benar"),
        ("pigeon", "roof", "belum dipasang"),
        ("web", "x", "belum dipasang"),
    ],
)
def test_an_address_that_cannot_be_right_is_refused_in_words(
    wired: Office, sari: Visitor, letters: Post, channel: str, address: str, words: str
) -> None:
    """At once, with what was typed still there, and without a code on its way."""
    page = add(sari, channel, address)
    assert (page.status, words in page.text) == (409, True), page.text
    assert (known(wired), letters.sent) == ((), [])


def test_an_address_that_nothing_reaches_is_not_kept(
    wired: Office, sari: Visitor, letters: Post
) -> None:
    """The provider refuses the code: better to hear it now than by night."""
    letters.refuses = True
    assert "tidak bisa dikirim" in add(sari).text
    assert known(wired) == ()


def test_the_order_is_the_members_own(wired: Office, sari: Visitor, letters: Post) -> None:
    """Up, down, minutes, away; nothing of another member can be touched."""
    first = proved(sari, wired, letters, SMS, PHONE)
    second = proved(sari, wired, letters, EMAIL, "sari@example.org")
    assert sari.post(f"{PLACE}/{second.id}/up").status == 303
    assert [each.id for each in known(wired)] == [second.id, first.id]
    assert sari.post(f"{PLACE}/{first.id}/after", minutes="7").status == 303
    assert known(wired)[1].after_minutes == 7
    for minutes in ("-1", "61", "x", "", "²"):
        assert sari.post(f"{PLACE}/{first.id}/after", minutes=minutes).status == 409
    budi = wired.signed_in("budi")
    for act in ("up", "remove", "confirm", "again", "after"):
        assert budi.post(f"{PLACE}/{first.id}/{act}", minutes="1").status == 409
    assert len(known(wired)) == 2
    assert sari.post(f"{PLACE}/{first.id}/remove").status == 303
    assert [each.id for each in known(wired)] == [second.id]
    assert sari.post(f"{PLACE}/{second.id}/fly").status == 404


def test_an_answer_has_to_come_from_one_person(wired: Office, sari: Visitor, letters: Post) -> None:
    """Two members cannot answer from one number; the office's telephone may ring for both."""
    proved(sari, wired, letters, SMS, PHONE)
    budi = wired.signed_in("budi")
    add(budi, SMS, PHONE)
    (contact,) = known(wired, "budi")
    page = budi.post(f"{PLACE}/{contact.id}/confirm", code=letters.code)
    assert (page.status, "petugas lain" in page.text) == (409, True)
    proved(sari, wired, letters, VOICE, PHONE)
    add(budi, VOICE, PHONE)
    contact = known(wired, "budi")[-1]
    assert budi.post(f"{PLACE}/{contact.id}/confirm", code=letters.code).status == 303


def test_a_telegram_chat_is_linked_from_its_own_side(wired: Office, sari: Visitor) -> None:
    """The word to send is shown once; nothing is sent to anybody."""
    page = add(sari, TELEGRAM_STAFF, "")
    assert page.status == 200
    assert "/start " in page.text
    assert "/start " not in sari.get(PLACE).text
    assert "Belum tersambung" in sari.get(PLACE).text


def test_trying_ones_own_phones_goes_the_way_of_every_page(
    wired: Office, sari: Visitor, letters: Post
) -> None:
    """It rings in the member's order, says that it is a trial, and the record is shown."""
    assert "Belum ada kontak yang terbukti" in sari.post(f"{PLACE}/try").text
    proved(sari, wired, letters, SMS, PHONE)
    before = len(letters.sent)
    for _ in range(2):
        assert sari.post(f"{PLACE}/try").status == 303
        wired.nobody.run(wired.hotline.settle())
    trials = [text for _, _, text in letters.sent[before:]]
    assert len(trials) == 2
    assert all("panggilan percobaan" in text for text in trials)
    assert "SMS: dikirim" in sari.get(PLACE).text
    code = trials[-1].rpartition("balas: ")[2].strip()
    app, now = wired.hotline.app, wired.hotline.clock.now()
    wired.nobody.run(
        app.write(lambda uow: page_answers.by_text(uow, SMS, PHONE, code, app.office, now))
    )
    assert "SMS: dijawab" in sari.get(PLACE).text
    assert wired.cases() == (), "nothing of it is left among the cases"


def test_supervisors_see_who_cannot_be_woken(wired: Office, sari: Visitor, letters: Post) -> None:
    """Channels of each member and nobody's number; members see themselves alone."""
    proved(sari, wired, letters, SMS, PHONE)
    chief = wired.signed_in("chief", Role.SUPERVISOR)
    page = chief.get(PLACE)
    assert "Petugas 1 : SMS" in page.text
    assert "Petugas 2 : belum ada kontak yang terbukti" in page.text
    assert PHONE not in page.text
    assert "Petugas 2" not in sari.get(PLACE).text


def test_strangers_see_no_contacts(wired: Office) -> None:
    """The page asks to sign in, and a post from elsewhere is refused."""
    assert wired.nobody.get(PLACE).status == 303
    assert wired.nobody.post(f"{PLACE}/add", channel=SMS, address=PHONE).status == 303
