"""The page of the rota: who is on call this week and next, swaps, and the plan for supervisors."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date, datetime, time
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.bootstrap import App
from bot.console import views
from bot.console.forms import Spent, read_form
from bot.console.pages import Pages
from bot.console.rota_views import read_rota, weekdays_in_words
from bot.domain.office import ZONE_NAMES
from bot.domain.rota import Rotation
from bot.domain.staff import LANGUAGES, Staff
from bot.services import rota
from bot.services.coverage import coverage
from bot.services.rota import SwapWanted
from bot.services.takeover import RefusedError
from bot.store.unit_of_work import SqlUnitOfWork

PLACE = "/console/rota"
PARTS = ("waiting",)
ZONES = {name: ZoneInfo(key) for key, name in ZONE_NAMES.items()}
WEEKDAYS = ("1111111", "1111100", "0000011")
UNREADABLE = "Tanggal, jam atau pilihan tidak terbaca. Periksa lagi isiannya."
UNWAKEABLE = (
    "Tersimpan. Perhatian: ada jam tanpa petugas yang bisa dibangunkan. Kontak pengganti belum "
    "terverifikasi, atau tidak ada pengganti."
)

type Form = Mapping[str, str]


class RotaPage:
    """Everybody sees the plan and swaps; supervisors change it."""

    def __init__(self, app: App, pages: Pages) -> None:
        self._app = app
        self._pages = pages
        self._spent = Spent()
        self._acts = {
            "swap": _swap,
            "accept": _accept,
            "decline": _decline,
            "cancel-swap": _cancel_swap,
            "shift": _shift,
            "cancel-shift": _cancel_shift,
            "rotation": _rotation,
            "end-rotation": _end_rotation,
            "holiday": _holiday,
            "remove-holiday": _remove_holiday,
            "languages": _languages,
        }

    async def show(self, request: Request, member: Staff) -> Response:
        """The plan; its forms are left alone while somebody fills them in."""
        zone = self._zone(request.query_params.get("zone", ""))

        async def read() -> Mapping[str, Any]:
            return await self._app.read(partial(self._context, member, zone))

        return await self._pages.follow(request, self._app.wakes, "rota.html", PARTS, read)

    def _zone(self, name: str) -> ZoneInfo:
        return ZONES.get(name, self._app.office.timezone)

    def _context(self, member: Staff, zone: ZoneInfo, uow: SqlUnitOfWork) -> Mapping[str, Any]:
        now = self._app.clock.now()
        return {
            "top": views.top(uow, member, self._app.office, now),
            "rota": read_rota(uow, member, self._app.office, zone, now),
            "zones": tuple(ZONES),
            "languages": LANGUAGES,
            "weekdays": tuple(
                (mask, weekdays_in_words(day for day, on in enumerate(mask) if on == "1"))
                for mask in WEEKDAYS
            ),
            "today": now.astimezone(zone).date().isoformat(),
            "once": secrets.token_hex(16),
            "problem": "",
            "notice": "",
        }

    async def act(self, request: Request, member: Staff) -> Response:
        """One change; the same form a second time changes nothing."""
        act = self._acts.get(request.path_params["act"])
        if act is None:
            raise HTTPException(404)
        form = await read_form(request)
        zone = self._zone(form.get("zone", ""))
        form_id = f"{request.path_params['act']} {form.get('form_id', '')[:64]}"
        back = RedirectResponse(f"{PLACE}?zone={ZONE_NAMES.get(zone.key, '')}", 303)
        if form.get("form_id") and not self._spent.spend(member.id, form_id):
            return back
        try:
            notice = await self._app.write(partial(self._do, act, member, form, zone))
        except (RefusedError, ValueError, KeyError) as error:
            self._spent.give_back(member.id, form_id)
            problem = str(error) if isinstance(error, RefusedError) else UNREADABLE
            return await self._again(member, zone, 409, problem=problem)
        return back if not notice else await self._again(member, zone, 200, notice=notice)

    async def _again(self, member: Staff, zone: ZoneInfo, status: int, **said: str) -> Response:
        context = await self._app.read(partial(self._context, member, zone))
        return self._pages.show("rota.html", {**context, **said}, PARTS, status)

    def _do(self, act: Any, member: Staff, form: Form, zone: ZoneInfo, uow: SqlUnitOfWork) -> str:
        """What is to be said about a change that was made; empty when all is well."""
        now = self._app.clock.now()
        span = act(uow, member, form, zone, now)
        if span is None:
            return ""
        open_ends = coverage(uow, self._app.office, max(span[0], now), span[1])
        return UNWAKEABLE if open_ends.unwakeable else ""


type Span = tuple[datetime, datetime]


def _swap(uow: SqlUnitOfWork, by: Staff, form: Form, zone: ZoneInfo, now: datetime) -> Span | None:
    schedule_id, out_id, begin, end = form["duty"].split(" ")
    wanted = SwapWanted(
        schedule_id,
        out_id,
        form["colleague"] or None,
        _moment(form.get("from", ""), zone) or datetime.fromisoformat(begin),
        _moment(form.get("until", ""), zone) or datetime.fromisoformat(end),
    )
    counts = rota.swap(uow, by, wanted, now)
    return (wanted.starts_at, wanted.ends_at) if counts else None


def _accept(
    uow: SqlUnitOfWork, by: Staff, form: Form, _zone: ZoneInfo, now: datetime
) -> Span | None:
    made = {each.swap.id: each.swap for each in uow.rota.asked(now)}.get(form["id"])
    rota.accept_swap(uow, by, form["id"], now)
    return None if made is None else (made.starts_at, made.ends_at)


def _decline(uow: SqlUnitOfWork, by: Staff, form: Form, _zone: ZoneInfo, now: datetime) -> None:
    rota.decline_swap(uow, by, form["id"], now)


def _cancel_swap(uow: SqlUnitOfWork, by: Staff, form: Form, _zone: ZoneInfo, now: datetime) -> None:
    rota.cancel_swap(uow, by, form["id"], now)


def _shift(uow: SqlUnitOfWork, by: Staff, form: Form, zone: ZoneInfo, now: datetime) -> Span:
    begin, end = _moment(form["from"], zone), _moment(form["until"], zone)
    if begin is None or end is None:
        raise ValueError(form)
    rota.add_shift(uow, by, form["staff"], form["schedule"], begin, end, now)
    return begin, end


def _cancel_shift(
    uow: SqlUnitOfWork, by: Staff, form: Form, _zone: ZoneInfo, now: datetime
) -> None:
    rota.cancel_shift(uow, by, form["id"], now)


def _rotation(uow: SqlUnitOfWork, by: Staff, form: Form, _zone: ZoneInfo, now: datetime) -> None:
    by_number = {str(each.number): each.id for each in uow.staff.everyone()}
    last = form.get("last_day", "")
    wanted = Rotation(
        id=form.get("id", ""),
        name=form["name"].strip(),
        members=tuple(
            by_number[each.strip()] for each in form["members"].split(",") if each.strip()
        ),
        turn_days=int(form["turn_days"]),
        first_day=date.fromisoformat(form["first_day"]),
        last_day=date.fromisoformat(last) if last else None,
        begins=time.fromisoformat(form["begins"]),
        ends=time.fromisoformat(form["ends"]),
        weekdays=frozenset(day for day, on in enumerate(form["weekdays"][:7]) if on == "1"),
        on_holidays=form.get("on_holidays") == "1",
    )
    rota.keep_rotation(uow, by, form["schedule"], wanted, now)


def _end_rotation(
    uow: SqlUnitOfWork, by: Staff, form: Form, _zone: ZoneInfo, now: datetime
) -> None:
    rota.end_rotation(uow, by, form["id"], now)


def _holiday(uow: SqlUnitOfWork, by: Staff, form: Form, _zone: ZoneInfo, now: datetime) -> None:
    rota.keep_holiday(uow, by, date.fromisoformat(form["day"]), form["name"], now)


def _remove_holiday(
    uow: SqlUnitOfWork, by: Staff, form: Form, _zone: ZoneInfo, _now: datetime
) -> None:
    rota.remove_holiday(uow, by, date.fromisoformat(form["id"]))


def _languages(uow: SqlUnitOfWork, by: Staff, form: Form, _zone: ZoneInfo, _now: datetime) -> None:
    tags = [tag.strip().lower() for tag in form["languages"].split(",") if tag.strip()]
    rota.set_languages(uow, by, form["staff"], tags)


def _moment(text: str, zone: ZoneInfo) -> datetime | None:
    """What a field for a date and time holds; None when it was left empty."""
    return datetime.fromisoformat(text).replace(tzinfo=zone) if text else None
