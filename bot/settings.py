"""The one reader of the environment."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """Every setting, its default and one sentence; `.env.example` repeats them."""

    model_config = SettingsConfigDict(env_file=ROOT / ".env", extra="ignore", frozen=True)

    tanyadulu_port: int = Field(8080, description="Port of the web chat and the console.")
    tanyadulu_host: str = Field(
        "127.0.0.1", description="Address to listen on; leave it behind a reverse proxy."
    )
    tanyadulu_proxies: Annotated[tuple[str, ...], NoDecode] = Field(
        ("127.0.0.1", "::1"),
        description="Reverse proxies, comma separated; who they say is calling is believed.",
    )
    tanyadulu_data_dir: Path = Field(
        Path("var"), description="Folder for the database, the keys and the logs."
    )
    tanyadulu_practice: bool = Field(
        default=False, description="Practice mode: every first answer says LATIHAN."
    )
    tanyadulu_turn_seconds: float = Field(
        2.0, ge=0, le=30, description="How long several messages in a row are taken as one."
    )
    tanyadulu_picture_seconds: float = Field(
        20.0,
        ge=0,
        le=120,
        description="How long an answer waits for what a picture says; 0: unread.",
    )
    database_url: str = Field(
        "", description="SQLAlchemy URL of the database; empty: SQLite in the data folder."
    )
    master_keys: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Master keys, comma separated, newest first; empty: made and kept there."
    )
    rasa_urls: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Rasa processes, comma separated; empty: one that this program starts."
    )
    tanyadulu_rasa_key: str = Field(
        "", description="Key of Rasa's input channel; empty: made and kept in the data folder."
    )
    tanyadulu_actions_url: str = Field(
        "", description="The action server; empty: one that this program starts."
    )
    public_base_url: str = Field(
        "", description="Address under which people reach this server; empty: loopback."
    )
    telegram_bot_token: str = Field(
        "", description="Token of the hotline's Telegram bot; empty: no Telegram."
    )
    telegram_staff_bot_token: str = Field(
        "", description="Token of another Telegram bot, which wakes staff; empty: none."
    )
    telegram_webhook_secret: str = Field(
        "", description="Secret that Telegram sends with each update; empty: made and kept."
    )
    telegram_api_base_url: str = Field(
        "https://api.telegram.org", description="The Bot API; tests point it at a stand-in."
    )
    telegram_mode: Literal["webhook", "polling"] = Field(
        "webhook", description="webhook (needs PUBLIC_BASE_URL with https) or polling."
    )
    twilio_account_sid: str = Field("", description="Twilio account, AC...; empty: no WhatsApp.")
    twilio_auth_token: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Auth token, comma separated with the one before it, newest first."
    )
    twilio_api_base_url: str = Field(
        "", description="Twilio's API; empty: Twilio itself; tests point it at a stand-in."
    )
    whatsapp_from: str = Field(
        "",
        description="The sender, whatsapp:+62811000000 or a Messaging Service, MG...; more with commas.",
    )
    whatsapp_template_page: str = Field(
        "", description="ContentSid of the approved template that wakes staff; empty: none."
    )
    whatsapp_template_update: str = Field(
        "",
        description="ContentSid of the approved template that asks to go on after 24 hours.",
    )
    sms_from: str = Field(
        "", description="Sender of texts that wake staff, +62... or MG...; empty: no SMS."
    )
    voice_from: str = Field(
        "", description="Number that calls staff to wake them, +62...; empty: no calls."
    )
    smtp_url: str = Field(
        "",
        description="Mail server for pages, smtp://user:password@host:port?from=address.",
    )
    heartbeat_url: str = Field(
        "",
        description="Address to call each minute while all is well, so that silence is noticed.",
    )
    tanyadulu_watch_seconds: float = Field(
        60.0, ge=0.2, le=600, description="How often the watchman looks at everything."
    )
    tanyadulu_canary_minutes: float = Field(
        60.0, ge=0, le=1440, description="How often the watchman sends a test report; 0: never."
    )
    tanyadulu_offer_days: int = Field(
        180,
        ge=14,
        le=730,
        description="Days for which the fingerprint of an offer is kept, to know it again.",
    )
    tz_default: str = Field("Asia/Jakarta", description="Time zone for times shown to people.")

    @field_validator(
        "master_keys", "rasa_urls", "tanyadulu_proxies", "twilio_auth_token", mode="before"
    )
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @property
    def data_dir(self) -> Path:
        """The data folder, relative to the clone when it is relative."""
        return ROOT / self.tanyadulu_data_dir

    @property
    def database(self) -> str:
        """The URL of the database."""
        return self.database_url or f"sqlite:///{self.data_dir / 'tanyadulu.db'}"

    @property
    def base_url(self) -> str:
        """Where people reach this server, without a slash at the end."""
        local = f"http://127.0.0.1:{self.tanyadulu_port}"
        return (self.public_base_url or local).rstrip("/")

    @property
    def canary_every(self) -> timedelta | None:
        """How often a test report is sent; None when never."""
        minutes = self.tanyadulu_canary_minutes
        return timedelta(minutes=minutes) if minutes else None

    @property
    def has_telegram(self) -> bool:
        """Whether the hotline's Telegram bot is configured."""
        return bool(self.telegram_bot_token)

    @property
    def has_whatsapp(self) -> bool:
        """Whether WhatsApp is configured: account, token and sender."""
        return bool(self._has_twilio and self.whatsapp_from)

    @property
    def has_telegram_staff(self) -> bool:
        """Whether staff are woken by a Telegram bot."""
        return bool(self.telegram_staff_bot_token)

    @property
    def has_whatsapp_page(self) -> bool:
        """Whether staff are woken by WhatsApp: a sender and an approved template."""
        return bool(self.has_whatsapp and self.whatsapp_template_page)

    @property
    def has_sms(self) -> bool:
        """Whether staff are woken by SMS."""
        return bool(self._has_twilio and self.sms_from)

    @property
    def has_voice(self) -> bool:
        """Whether staff are woken by a call. Twilio fetches from us what it says: no loopback."""
        return bool(self._has_twilio and self.voice_from and self.public_base_url)

    @property
    def _has_twilio(self) -> bool:
        return bool(self.twilio_account_sid and self.twilio_auth_token)

    @property
    def picture_window(self) -> timedelta:
        """How long an answer waits for what a picture says."""
        return timedelta(seconds=self.tanyadulu_picture_seconds)

    @property
    def turn_window(self) -> timedelta:
        """How long several messages in a row are taken as one."""
        return timedelta(seconds=self.tanyadulu_turn_seconds)
