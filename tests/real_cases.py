"""Cases outside practice: the numbers that tests show are unchecked, so all others are practice."""

from __future__ import annotations

from bot.domain.cases import Case, CaseKind
from bot.language.types import Urgency
from bot.store.unit_of_work import SqlUnitOfWork
from tests.hotline import Hotline

HELP = "tolong saya dikunci di kamar, paspor diambil"


async def real_emergency(hotline: Hotline, who: str = "ani", text: str = HELP) -> Case:
    """Somebody in danger writes, about whom there is a case that is no practice."""
    now = hotline.clock.now()

    def prepare(uow: SqlUnitOfWork) -> str:
        known = uow.conversations.for_sender("web", who, now)
        case = uow.cases.open(known, CaseKind.DANGER, Urgency.NONE, {}, practice=False, now=now)
        uow.conversations.set_case(known.id, case.id)
        return case.id

    case_id = await hotline.app.write(prepare)
    await hotline.says(who, text)
    return await hotline.app.read(lambda uow: uow.cases.get(case_id))
