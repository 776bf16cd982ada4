"""What `doctor` looks at outside the database: each check gives findings, none changes a thing."""

from __future__ import annotations

import shutil
import socket
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import httpx2

from bot.cli.common import read_running
from bot.cli.environments import ENVIRONMENTS
from bot.cli.train import ARCHIVE, UNDERSTANDING, is_stale
from bot.domain.contacts import ContactsError, load_contacts, unchecked
from bot.domain.library_files import LibraryError, load_library
from bot.language.meanings import MeaningModel, UnreadableModelError
from bot.settings import ROOT, Settings
from bot.store.keys import read_master_key

CONTACTS = ROOT / "data" / "directory" / "contacts.yml"
LOW_DISK = 1024**3
NO_DISK = 200 * 1024**2
CONNECT_SECONDS = 3.0
_CLOCK_SLACK = timedelta(minutes=5)


class Level(Enum):
    """How bad a finding is; only `BROKEN` makes the command fail."""

    OK = "ok"
    WARNING = "warning"
    BROKEN = "broken"


@dataclass(frozen=True)
class Finding:
    """What was seen, and how to mend it."""

    level: Level
    what: str
    mend: str = ""


def ok(what: str) -> Finding:
    """Nothing to do."""
    return Finding(Level.OK, what)


def warning(what: str, mend: str) -> Finding:
    """It works, but somebody should know."""
    return Finding(Level.WARNING, what, mend)


def broken(what: str, mend: str) -> Finding:
    """It does not work."""
    return Finding(Level.BROKEN, what, mend)


def settings_findings(settings: Settings) -> Iterator[Finding]:
    """Values that have the right type and are still wrong."""
    if not settings.master_keys:
        kept = settings.data_dir / "master.key"
        yield warning(
            "MASTER_KEYS is not set: the key lies beside the data",
            f"keep a copy of {kept} elsewhere, or set MASTER_KEYS to its content",
        )
    for number, key in enumerate(settings.master_keys, start=1):
        try:
            read_master_key(key)
        except ValueError as error:
            yield broken(f"MASTER_KEYS, key {number}: {error}", "give the key as it was made")
    try:
        ZoneInfo(settings.tz_default)
    except (KeyError, ValueError, OSError):
        yield broken(f"TZ_DEFAULT: no time zone {settings.tz_default!r}", "set Asia/Jakarta")
    for name, urls, schemes in (
        ("PUBLIC_BASE_URL", (settings.public_base_url,), ("https",)),
        ("RASA_URLS", settings.rasa_urls, ("http", "https")),
        ("TANYADULU_ACTIONS_URL", (settings.tanyadulu_actions_url,), ("http", "https")),
        ("SMTP_URL", (settings.smtp_url,), ("smtp", "smtps")),
    ):
        for url in filter(None, urls):
            parts = urlsplit(url)
            if parts.scheme not in schemes or not parts.hostname:
                yield broken(f"{name} is no {schemes[0]} address", "see .env.example")
    yield ok(f"settings read; data in {settings.data_dir}, port {settings.tanyadulu_port}")


def environment_findings() -> Iterator[Finding]:
    """Rasa's environment; that of the service is the one this runs in."""
    if ENVIRONMENTS["rasa"].is_current():
        yield ok("Rasa is installed as locked")
    else:
        yield broken("Rasa is not installed as locked", "./tanyadulu setup --rasa")


def model_findings() -> Iterator[Finding]:
    """The model that Rasa loads and the one that works without it."""
    if not ARCHIVE.exists() or not UNDERSTANDING.exists():
        yield broken("there is no trained model", "./tanyadulu train")
        return
    try:
        MeaningModel.load(UNDERSTANDING)
    except UnreadableModelError as error:
        yield broken(str(error), "./tanyadulu train --force")
        return
    if is_stale():
        yield warning("the model is older than its data", "./tanyadulu train, then start again")
    else:
        yield ok("the model is up to date")


def clock_findings(now: datetime) -> Iterator[Finding]:
    """A clock that is wrong pages at the wrong time."""
    newest = max(path.stat().st_mtime for path in (ROOT / "bot").rglob("*.py"))
    if datetime.fromtimestamp(newest, UTC) > now + _CLOCK_SLACK:
        yield broken(f"the clock says {now:%Y-%m-%d %H:%M} UTC: before this program", "set it")
        return
    try:
        asked = subprocess.run(
            ["timedatectl", "show", "--property=NTPSynchronized", "--value"],  # noqa: S607 - of the system
            capture_output=True,
            text=True,
            check=False,
            timeout=CONNECT_SECONDS,
        )
        synchronised = asked.stdout.strip()
    except (OSError, subprocess.TimeoutExpired):
        synchronised = ""
    if synchronised == "no":
        yield warning("the clock is not kept right by the network", "timedatectl set-ntp true")
    else:
        yield ok(f"the clock says {now:%Y-%m-%d %H:%M} UTC")


def disk_findings(folder: Path) -> Iterator[Finding]:
    """Room for what people write."""
    there = next(path for path in (folder, *folder.parents) if path.exists())
    free = shutil.disk_usage(there).free
    what = f"{free / 1024**3:.1f} GB free for {folder}"
    if free < NO_DISK:
        yield broken(what, "make room: nothing can be stored soon")
    elif free < LOW_DISK:
        yield warning(what, "make room")
    else:
        yield ok(what)


def permission_findings(folder: Path) -> Iterator[Finding]:
    """Files that hold secrets belong to one user only."""
    private = [folder, *folder.glob("*.db*"), *folder.glob("*.key"), *folder.glob("logs/*")]
    private.append(ROOT / ".env")
    open_ones = [path for path in private if path.exists() and path.stat().st_mode & 0o077]
    for path in open_ones:
        yield broken(f"others may read {path}", f"chmod go= {path}")
    if not open_ones:
        yield ok("keys, data and logs are readable for their owner only")


def directory_findings() -> Iterator[Finding]:
    """The numbers that people in danger are given."""
    try:
        contacts = load_contacts(CONTACTS)
    except ContactsError as error:
        yield broken(str(error), "mend data/directory")
        return
    if waiting := len(unchecked(contacts)):
        yield warning(
            f"{waiting} of {len(contacts)} contacts were checked by no person",
            f"call each and write checked_by and checked_on into {CONTACTS.relative_to(ROOT)}",
        )
    else:
        yield ok(f"all {len(contacts)} contacts were checked")


def library_findings(today: date, data: Path = ROOT / "data") -> Iterator[Finding]:
    """The facts that answers rest on: what is too old is left out of them."""
    try:
        library = load_library(data)
    except LibraryError as error:
        yield broken(str(error), "mend data/facts and data/answers (docs/answers.md)")
        return
    old = sorted(fact.id for fact in library.facts.values() if not fact.is_fresh(today))
    if old:
        yield warning(
            f"{len(old)} facts are too old to be told: {', '.join(old)}",
            "read their sources again and set checked_on in data/facts",
        )
    else:
        yield ok(f"all {len(library.facts)} facts that answers rest on are fresh")
    if unread := sorted(topic.intent for topic in library.topics.values() if not topic.read_by):
        yield warning(
            f"answers that no second person has read: {', '.join(unread)}",
            "compare them with their facts and fill in read_by in data/answers",
        )


def running_findings(settings: Settings) -> Iterator[Finding]:
    """Whether what runs answers, and what settings name can be reached."""
    running = read_running(settings)
    if not running:
        yield ok("not running (start with `make run`)")
    for name, url in running.get("ready", {}).items():
        if _answers(url):
            yield ok(f"{name} answers")
        else:
            yield broken(f"{name} does not answer", f"see {settings.data_dir}/logs/{name}.log")
    for url in settings.rasa_urls:
        if not _answers(url):
            yield broken(f"no Rasa answers at {url}", "start it, or mend RASA_URLS")
    if settings.smtp_url:
        yield from _mail(settings.smtp_url)


def _answers(url: str) -> bool:
    try:
        return httpx2.get(url, timeout=CONNECT_SECONDS, trust_env=False).status_code == 200
    except httpx2.HTTPError:
        return False


def _mail(url: str) -> Sequence[Finding]:
    parts = urlsplit(url)
    port = parts.port or (465 if parts.scheme == "smtps" else 587)
    try:
        socket.create_connection((parts.hostname or "", port), CONNECT_SECONDS).close()
    except OSError as error:
        what = f"the mail server {parts.hostname}:{port} cannot be reached ({error})"
        return [broken(what, "mend SMTP_URL: nobody can be paged by e-mail")]
    return [ok("the mail server can be reached")]
