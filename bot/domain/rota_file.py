"""A whole rota as a YAML file: schedules, rotations and holidays, read strictly. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from bot.domain.office import ZONE_NAMES
from bot.domain.rota import Holiday, Rotation

ZONES = {name: ZoneInfo(key) for key, name in ZONE_NAMES.items()}
type Weekday = Literal["sen", "sel", "rab", "kam", "jum", "sab", "min"]
WEEKDAYS: tuple[Weekday, ...] = ("sen", "sel", "rab", "kam", "jum", "sab", "min")
MOST_MINUTES = 24 * 60


class RotaFileError(ValueError):
    """The file is no rota; `faults` are lines that say where and why."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


def _clock(value: object) -> object:
    """20:00 without quotes is a number of minutes in YAML."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < MOST_MINUTES:
        return time(value // 60, value % 60)
    return value


type Clock = Annotated[time, BeforeValidator(_clock)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class RotationInFile(_Strict):
    """A rotation with the logins of its members."""

    name: str = Field(min_length=1, max_length=40)
    members: tuple[str, ...] = Field(min_length=1)
    turn_days: int = Field(default=1, ge=1, le=31)
    begins: Clock
    ends: Clock
    first_day: date
    last_day: date | None = None
    weekdays: tuple[Weekday, ...] = Field(default=WEEKDAYS, min_length=1)
    on_holidays: bool = True

    def rotation(self, ids: Mapping[str, str], known_id: str = "") -> Rotation:
        """As the rules know it; `ids` are those of the logins."""
        return Rotation(
            known_id,
            self.name,
            tuple(ids[login] for login in self.members),
            self.turn_days,
            self.first_day,
            self.last_day,
            self.begins,
            self.ends,
            frozenset(WEEKDAYS.index(day) for day in self.weekdays),
            self.on_holidays,
        )


class ScheduleInFile(_Strict):
    """A schedule with its rotations."""

    name: str = Field(min_length=1, max_length=40)
    zone: Literal["WIB", "WITA", "WIT"]
    rotations: tuple[RotationInFile, ...] = ()

    @property
    def timezone(self) -> ZoneInfo:
        """The zone of its times."""
        return ZONES[self.zone]


class RotaInFile(_Strict):
    """The whole file; without `holidays` those that are known stay."""

    schedules: tuple[ScheduleInFile, ...] = Field(min_length=1)
    holidays: dict[date, Annotated[str, Field(min_length=1, max_length=60)]] | None = None

    @property
    def free_days(self) -> tuple[Holiday, ...]:
        """The holidays in their order."""
        return tuple(Holiday(day, name) for day, name in sorted((self.holidays or {}).items()))


def read_rota_file(text: str) -> RotaInFile:
    """The rota of a file. RotaFileError with one line for each fault."""
    try:
        data: Any = yaml.safe_load(text)
        found = RotaInFile.model_validate(data)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = "" if mark is None else f"line {mark.line + 1}: "
        raise RotaFileError((f"{where}no YAML",)) from error
    except ValidationError as error:
        raise RotaFileError(
            tuple(
                f"{'.'.join(map(str, each['loc'])) or 'file'}: {each['msg'].lower()}"
                for each in error.errors()
            )
        ) from error
    faults = [*_twice(found)]
    for schedule in found.schedules:
        faults += [
            f"{schedule.name}, {each.name}: last_day lies before first_day"
            for each in schedule.rotations
            if each.last_day is not None and each.last_day < each.first_day
        ]
    if faults:
        raise RotaFileError(tuple(faults))
    return found


def _twice(found: RotaInFile) -> list[str]:
    names = [schedule.name for schedule in found.schedules]
    names += [
        f"{schedule.name}, {each.name}"
        for schedule in found.schedules
        for each in schedule.rotations
    ]
    return [f"{name}: stands there twice" for name in dict.fromkeys(names) if names.count(name) > 1]
