"""The one place where the parts are put together."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from zoneinfo import ZoneInfo

import structlog

from bot.clock import SystemClock
from bot.domain.channels import CANARY, ROBOT, RULES, TELEGRAM, WHATSAPP
from bot.domain.contacts import load_contacts
from bot.domain.office import Office
from bot.domain.staff_contacts import EMAIL, SMS, TELEGRAM_STAFF, VOICE, WHATSAPP_PAGE
from bot.gateways.ocr import PictureProcess
from bot.gateways.rasa import RasaAssistant
from bot.gateways.robot import Robot
from bot.gateways.screen import Screen
from bot.gateways.smtp import Mailer
from bot.gateways.telegram import TelegramGateway
from bot.gateways.telegram_staff import TelegramStaff
from bot.gateways.twilio import TwilioWhatsApp
from bot.gateways.twilio_pages import TwilioPages, TwilioSms, TwilioTemplatePages, TwilioVoice
from bot.gateways.wording import ResponseFiles
from bot.keyfile import kept_key
from bot.language.meanings import MeaningModel, UnreadableModelError
from bot.language.understanding import Understander
from bot.ports import (
    Assistant,
    Clock,
    MediaSource,
    PictureReader,
    Reader,
    Sender,
    Transcriber,
    Wording,
)
from bot.pulse import Pulse
from bot.services import canary
from bot.services.ringing import SCREEN
from bot.settings import ROOT, Settings
from bot.store.database import Database, Job
from bot.store.keys import Vault
from bot.store.migrate import upgrade
from bot.turnstile import Turnstile
from bot.wakes import Wakes

log = structlog.get_logger()
MODEL = ROOT / "models" / "understanding.npz"
DEFAULT_RASA_URL = "http://127.0.0.1:5005"


@dataclass(frozen=True)
class App:
    """The product, ready to use."""

    settings: Settings
    clock: Clock
    office: Office
    wording: Wording
    reader: Reader
    assistant: Assistant
    senders: Mapping[str, Sender]
    media: Mapping[str, MediaSource]
    pictures: PictureReader | None
    transcriber: Transcriber | None
    database: Database
    wakes: Wakes
    turnstile: Turnstile
    # Of this process only: channels found open, and refused requests by channel and reason.
    opened: set[str] = field(default_factory=set)
    refused: Counter[tuple[str, str]] = field(default_factory=Counter)
    pulse: Pulse = field(default_factory=Pulse)

    def attach(self) -> None:
        """Wake what runs on the current event loop, also when another process commits."""
        self.wakes.attach()
        self.database.listen()

    async def write[T](self, job: Job[T]) -> T:
        """Run a job in a transaction of the writer; returns after the commit."""
        return await asyncio.wrap_future(self.database.write(job))

    async def read[T](self, job: Job[T]) -> T:
        """Run a job on a snapshot of the database."""
        return await asyncio.to_thread(self.database.read, job)

    async def close(self) -> None:
        """Finish what is queued and let go of connections and files."""
        await self.assistant.close()
        if self.pictures is not None:
            await self.pictures.close()
        for sender in self.senders.values():
            if isinstance(sender, TelegramGateway | TwilioWhatsApp | TwilioPages):
                await sender.close()
        await asyncio.to_thread(self.database.close)
        self.database.vault.close()


def build(
    settings: Settings,
    *,
    clock: Clock | None = None,
    assistant: Assistant | None = None,
    senders: Mapping[str, Sender] | None = None,
    media: Mapping[str, MediaSource] | None = None,
    reader: Reader | None = None,
    pictures: PictureReader | None = None,
    transcriber: Transcriber | None = None,
) -> App:
    """Open the database (migrated when it is older), the keys and the gateways.

    Tests hand in their own clock, assistant or senders; nothing else differs. Nothing here
    writes down what is said in voice notes: who has a `transcriber` hands it in.
    """
    data_dir = settings.data_dir
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    vault = Vault.at(settings.database, data_dir / "keys.db", master_keys(settings))
    wakes = Wakes()
    database = Database(settings.database, vault, wakes.wake, wakes.wake_all)
    upgrade(database.engine)
    clock = clock or SystemClock()
    robot = Robot(lambda token: _answer_for_robot(app, token))
    given = senders if senders is not None else default_senders(settings, clock)
    senders = {**given, ROBOT: robot, CANARY: robot}
    office = Office(
        practice=settings.tanyadulu_practice,
        timezone=ZoneInfo(settings.tz_default),
        base=settings.base_url,
        console_url=f"{settings.base_url}/console",
        turn_window=settings.turn_window,
        page_channels=frozenset(senders) - {SCREEN} - frozenset(RULES),
        can_ask_again=bool(settings.whatsapp_template_update),
        offers_kept=timedelta(days=settings.tanyadulu_offer_days),
        picture_window=settings.picture_window,
        sounds_are_read=transcriber is not None,
        contacts=load_contacts(ROOT / "data" / "directory" / "contacts.yml"),
    )
    app = App(
        settings=settings,
        clock=clock,
        office=office,
        wording=ResponseFiles(ROOT / "data" / "responses"),
        reader=reader or default_reader(),
        assistant=assistant or default_assistant(settings),
        senders=senders,
        media=media if media is not None else default_media(senders),
        pictures=pictures or default_pictures(settings),
        transcriber=transcriber,
        database=database,
        wakes=wakes,
        turnstile=Turnstile(),
    )
    return app


async def _answer_for_robot(app: App, token: str) -> None:
    await app.write(lambda uow: canary.answer(uow, token, app.office, app.clock.now()))


def master_keys(settings: Settings) -> tuple[str, ...]:
    """The master keys of the environment, or the one kept in the data folder.

    A key beside the data protects a stolen backup, not a stolen machine; `up` and `doctor`
    say so.
    """
    return settings.master_keys or (kept_key(settings.data_dir / "master.key"),)


def rasa_key(settings: Settings) -> str:
    """The key of Rasa's input channel, from the environment or kept in the data folder."""
    return settings.tanyadulu_rasa_key or kept_key(settings.data_dir / "rasa.key")


def default_senders(settings: Settings, clock: Clock) -> dict[str, Sender]:
    """The channels that settings open."""
    senders: dict[str, Sender] = {SCREEN: Screen()}
    if settings.smtp_url:
        senders[EMAIL] = Mailer(settings.smtp_url)
    if settings.has_telegram:
        senders[TELEGRAM] = TelegramGateway.from_settings(settings, clock)
    if settings.has_whatsapp:
        senders[WHATSAPP] = TwilioWhatsApp.from_settings(settings, clock)
    if settings.has_telegram_staff:
        senders[TELEGRAM_STAFF] = TelegramStaff.from_settings(settings, clock)
    if settings.has_whatsapp_page:
        senders[WHATSAPP_PAGE] = TwilioTemplatePages.from_settings(settings, clock)
    if settings.has_sms:
        senders[SMS] = TwilioSms.from_settings(settings, clock)
    if settings.has_voice:
        senders[VOICE] = TwilioVoice.from_settings(settings, clock)
    return senders


def default_media(senders: Mapping[str, Sender]) -> dict[str, MediaSource]:
    """The gateways that also fetch what people sent."""
    return {
        name: sender
        for name, sender in senders.items()
        if name in RULES and isinstance(sender, TelegramGateway | TwilioWhatsApp)
    }


def default_pictures(settings: Settings) -> PictureReader | None:
    """The reader of pictures, in a process of its own; None when they are not read."""
    return PictureProcess() if settings.picture_window else None


def default_assistant(settings: Settings) -> RasaAssistant:
    """The Rasa processes that settings name."""
    return RasaAssistant(settings.rasa_urls or (DEFAULT_RASA_URL,), rasa_key(settings))


def default_reader() -> Reader:
    """Rules and the trained model; rules alone when there is none that can be read.

    Danger must be recognised even when a training went wrong.
    """
    model = None
    try:
        model = MeaningModel.load(MODEL)
    except UnreadableModelError as error:
        log.error("no_model", reason=str(error))
    reader = Understander(model)
    # Rules are compiled at the first use: better now than while somebody waits.
    reader.understand("halo")
    return reader
