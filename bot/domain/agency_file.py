"""Reads a list of placement companies from a table as offices write them: all of it, or its faults."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from bot.domain.agencies import Agency, AgencyState
from bot.domain.agency_names import read_licence, read_name

MOST_LINES = 5_000
"""Ten times the companies there are; a look-up reads them all."""
LONGEST_TEXT = 300
"""Characters of one field; the tables hold no more."""
SEPARATORS = (";", ",", "\t")

_HEADERS: Mapping[str, tuple[str, ...]] = {
    "name": ("nama", "nama pt", "nama perusahaan", "nama p3mi", "nama lembaga", "perusahaan"),
    "licence": (
        "licence number",
        "license",
        "license number",
        "nomor izin",
        "no izin",
        "nomor sip3mi",
        "no sip3mi",
        "sip3mi",
        "izin",
    ),
    "state": ("status", "status izin", "keterangan status"),
    "valid_until": (
        "valid until",
        "berlaku sampai",
        "berlaku s d",
        "masa berlaku",
        "berlaku hingga",
        "tanggal berakhir",
    ),
    "address": ("alamat", "alamat kantor"),
    "branch": ("cabang", "kantor cabang"),
    "sanction": ("sanksi", "keterangan sanksi"),
    "source": ("sumber",),
    "as_of": ("as of", "as of date", "per tanggal", "tanggal data", "tanggal daftar", "diambil"),
}
_STATES: Mapping[AgencyState, tuple[str, ...]] = {
    AgencyState.ACTIVE: ("active", "aktif", "berlaku", "masih berlaku", "terdaftar", "valid"),
    AgencyState.SUSPENDED: (
        "suspended",
        "skorsing",
        "diskors",
        "dibekukan",
        "pembekuan",
        "ditunda",
        "tunda layan",
        "penghentian sementara",
        "dihentikan sementara",
    ),
    AgencyState.REVOKED: ("revoked", "dicabut", "cabut", "pencabutan", "izin dicabut"),
    AgencyState.EXPIRED: (
        "expired",
        "kedaluwarsa",
        "kadaluwarsa",
        "kadaluarsa",
        "habis",
        "habis masa berlaku",
        "masa berlaku habis",
        "tidak berlaku",
        "tidak aktif",
        "nonaktif",
        "inactive",
    ),
}
_MEANINGS = {written: state for state, words in _STATES.items() for written in words}
_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})|(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")


@dataclass(frozen=True)
class Fault:
    """What is wrong with a line of the file; lines count from 1, the header included."""

    line: int
    what: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.what}"


class AgencyFileError(Exception):
    """The file cannot be taken; `faults` say why, in the order of its lines."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__("; ".join(map(str, faults)))
        self.faults = faults


@dataclass(frozen=True)
class Defaults:
    """What holds for lines that do not say it themselves."""

    source: str = ""
    as_of: date | None = None


def read_agencies(text: str, today: date, defaults: Defaults = Defaults()) -> tuple[Agency, ...]:
    """All lines of a table with a header. Raises `AgencyFileError` when any cannot be taken.

    Columns have English or Indonesian names in any order; name and state (status) must be there,
    and source and date of the list, unless `defaults` give them. Columns with other names are
    left out. All lines of one source bear one date.
    """
    rows = _rows(text)
    number, header = next(rows, (1, []))
    taking = _Taking(_columns(header), len(header), today, defaults)
    taking.refuse_missing(number)
    faults: list[Fault] = []
    agencies: list[Agency] = []
    for number, row in rows:
        try:
            agencies.append(taking.take(number, row))
        except ValueError as error:
            faults.append(Fault(number, str(error)))
        if len(agencies) > MOST_LINES:
            raise AgencyFileError(Fault(number, f"more than {MOST_LINES} companies"))
    if not (agencies or faults):
        faults.append(Fault(number, "there is no company in the file"))
    if faults:
        raise AgencyFileError(*faults)
    return tuple(agencies)


@dataclass
class _Taking:
    """The lines of one file; remembers what stood above."""

    columns: Mapping[str, int]
    width: int
    today: date
    defaults: Defaults
    seen: dict[tuple[object, ...], int] = field(default_factory=dict)
    dates: dict[str, date] = field(default_factory=dict)

    def refuse_missing(self, line: int) -> None:
        """AgencyFileError when a column is missing that must be there."""
        missing = {"name", "state"} - self.columns.keys()
        if not self.defaults.source:
            missing |= {"source"} - self.columns.keys()
        if self.defaults.as_of is None:
            missing |= {"as_of"} - self.columns.keys()
        if missing:
            named = ", ".join(f"{name} ({_HEADERS[name][0]})" for name in sorted(missing))
            raise AgencyFileError(Fault(line, f"there is no column {named}"))

    def take(self, number: int, row: list[str]) -> Agency:
        """The company of a line. Raises ValueError when it cannot be taken."""
        if len(row) > self.width:
            raise ValueError(f"{len(row)} fields, the header has {self.width}")
        said = {name: row[at].split() for name, at in self.columns.items() if at < len(row)}
        values = {name: "" if words == ["-"] else " ".join(words) for name, words in said.items()}
        agency = _agency(values, self.today, self.defaults)
        licence, name = read_licence(agency.licence), read_name(agency.name)
        key = (agency.source, name, licence, agency.branch.casefold())
        before = self.seen.setdefault(key, number)
        if before != number:
            raise ValueError(f"the same company as in line {before}")
        if self.dates.setdefault(agency.source, agency.as_of) != agency.as_of:
            raise ValueError(f"{agency.source} has another date above: one list has one date")
        return agency


def parse_day(written: str) -> date:
    """A date written 2026-11-30 or 30/11/2026. Raises ValueError for anything else."""
    found = _DAY.fullmatch(written.strip())
    if found is None:
        raise ValueError(f"{written!r} is no date such as 2026-11-30 or 30/11/2026")
    year, month, day, other_day, other_month, other_year = found.groups()
    try:
        return date(int(year or other_year), int(month or other_month), int(day or other_day))
    except ValueError as error:
        raise ValueError(f"there is no day {written}") from error


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not empty, each with the number of its first line."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    separator = max(SEPARATORS, key=first.count)
    reader = csv.reader(io.StringIO(text), delimiter=separator, strict=True)
    before = 0
    try:
        for row in reader:
            number, before = before + 1, reader.line_num
            if any(field.strip() for field in row):
                yield number, row
    except csv.Error as error:
        raise AgencyFileError(Fault(before + 1, f"this is no table ({error})")) from error


def _columns(header: list[str]) -> dict[str, int]:
    """Where each known column stands. Raises `AgencyFileError` for one that stands twice."""
    columns: dict[str, int] = {}
    for at, written in enumerate(header):
        plain = " ".join(re.sub(r"[^a-z0-9]+", " ", written.casefold()).split())
        for name, others in _HEADERS.items():
            if plain in (name.replace("_", " "), *others):
                if name in columns:
                    raise AgencyFileError(Fault(1, f"two columns say {name}"))
                columns[name] = at
    return columns


def _agency(values: Mapping[str, str], today: date, defaults: Defaults) -> Agency:
    for name, value in values.items():
        if len(value) > LONGEST_TEXT:
            raise ValueError(f"{name} is longer than {LONGEST_TEXT} characters")
    name, licence = values.get("name", ""), values.get("licence", "")
    if not read_name(name).words:
        raise ValueError("there is no name")
    if licence and not read_licence(licence):
        raise ValueError(f"{licence!r} is no licence number")
    source = values.get("source") or defaults.source
    if not source:
        raise ValueError("there is no source")
    written = values.get("as_of", "")
    as_of = parse_day(written) if written else defaults.as_of
    if as_of is None:
        raise ValueError("there is no date of the list")
    if as_of > today:
        raise ValueError(f"the list is of {as_of}, which has not come yet")
    until = values.get("valid_until", "")
    return Agency(
        name,
        _state(values.get("state", "")),
        source,
        as_of,
        licence=licence,
        valid_until=parse_day(until) if until else None,
        address=values.get("address", ""),
        branch=values.get("branch", ""),
        sanction=values.get("sanction", ""),
    )


def _state(written: str) -> AgencyState:
    plain = " ".join(re.sub(r"[^a-z]+", " ", written.casefold()).split())
    if plain not in _MEANINGS:
        known = ", ".join(f"{state} ({_STATES[state][1]})" for state in AgencyState)
        raise ValueError(f"{written!r} is no state: {known}")
    return _MEANINGS[plain]
