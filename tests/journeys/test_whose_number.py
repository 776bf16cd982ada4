"""Numbers change hands: the next owner sees nothing of the talk of the one before."""

from __future__ import annotations

from bot.domain.messages import Delivery
from bot.services import takeover
from tests.hotline import Hotline, story

NUMBER = "whatsapp:+628120000001"
ANI, BUDI = "whatsapp:ID.1111", "whatsapp:ID.2222"
DANGER = "tolong saya dikunci di kamar, paspor diambil"


async def _writes(hotline: Hotline, who: str, text: str) -> str:
    """Somebody writes from the number, under an id of Meta's or without; whose talk it went to."""
    aliases = () if who == NUMBER else (NUMBER,)
    await hotline.says(who, text, channel="whatsapp", aliases=aliases, address=NUMBER)
    return (await hotline.talk(who, "whatsapp")).id


@story
async def test_an_id_of_metas_continues_what_began_under_the_number(hotline: Hotline) -> None:
    """An id of metas continues what began under the number."""
    assert await _writes(hotline, NUMBER, "halo") == await _writes(hotline, ANI, "halo lagi")


@story
async def test_the_number_alone_continues_a_talk_of_this_month(hotline: Hotline) -> None:
    """The number alone continues a talk of this month."""
    talk = await _writes(hotline, ANI, DANGER)
    await hotline.forward(days=29)
    assert await _writes(hotline, NUMBER, "masih di sini") == talk


@story
async def test_the_number_alone_opens_no_old_talk(hotline: Hotline) -> None:
    """The number alone opens no old talk."""
    talk = await _writes(hotline, ANI, DANGER)
    await hotline.forward(days=31)
    assert await _writes(hotline, NUMBER, "halo") != talk
    assert await _writes(hotline, ANI, "saya ganti nomor") == talk


@story
async def test_what_waits_for_the_former_owner_does_not_go_to_the_next(hotline: Hotline) -> None:
    """What waits for the former owner does not go to the next."""
    sari = await hotline.staff("sari", phone="+62", on_duty_hours=9)
    talk = await _writes(hotline, ANI, DANGER)
    (case,) = await hotline.cases()
    app, now = hotline.app, hotline.clock.now()
    await app.write(lambda uow: takeover.take_over(uow, case, sari, app.office, app.wording, now))
    await hotline.forward(hours=1)
    later = hotline.clock.now()
    await app.write(lambda uow: takeover.reply(uow, case, sari, "Saya di sini, Ani.", later))
    await hotline.settle()
    assert await _writes(hotline, BUDI, "halo") != talk
    await hotline.forward(minutes=1)
    assert "Saya di sini, Ani." not in str(hotline.chats["whatsapp"].received)
    known = await app.read(lambda uow: uow.conversations.get(talk))
    assert known.unreachable == "number_passed_on"
    await app.write(lambda uow: takeover.reply(uow, case, sari, "Ani?", hotline.clock.now()))
    await hotline.settle()
    lines = await app.read(lambda uow: uow.lines.for_staff(known))
    assert lines[-1].state in (Delivery.FAILED_PERMANENTLY, Delivery.HELD)
    assert "Ani?" not in str(hotline.chats["whatsapp"].received)
