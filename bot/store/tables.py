"""The tables. Columns that end in `_sealed` are encrypted (bot.store.keys); docs/adr lists the others."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
    text,
    true,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Utc(TypeDecorator[datetime]):
    """Aware UTC in Python, naive UTC in SQLite."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(
        self,
        value: datetime | None,
        dialect: Dialect,  # noqa: ARG002  # SQLAlchemy's signature
    ) -> datetime | None:
        """Refuse naive times: they hide a time zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive time")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(
        self,
        value: datetime | None,
        dialect: Dialect,  # noqa: ARG002  # SQLAlchemy's signature
    ) -> datetime | None:
        """Give the zone back."""
        return None if value is None else value.replace(tzinfo=UTC)


class Clipped(TypeDecorator[str]):
    """Text from outside, cut to its length: PostgreSQL refuses what is longer, SQLite does not."""

    impl = String
    cache_ok = True

    def __init__(self, length: int) -> None:
        super().__init__(length)
        self.most = length

    def process_bind_param(
        self,
        value: str | None,
        dialect: Dialect,  # noqa: ARG002  # SQLAlchemy's signature
    ) -> str | None:
        """Cut the end off."""
        return None if value is None else value[: self.most]


def _few(name: str, rule: str) -> Index:
    """An index of the few rows of a large table that a rule holds for."""
    return Index(None, name, sqlite_where=text(rule), postgresql_where=text(rule))


def _id() -> Column[str]:
    return Column("id", String(32), primary_key=True)


def _link(name: str, to: str, *, nullable: bool = False) -> Column[str]:
    return Column(name, String(32), ForeignKey(f"{to}.id"), nullable=nullable)


person = Table(
    "person",
    metadata,
    _id(),
    Column("created_at", Utc, nullable=False),
)

identity = Table(
    "identity",
    metadata,
    _id(),
    _link("person_id", "person"),
    Column("channel", String(20), nullable=False),
    Column("value_hash", String(64), nullable=False),
    Column("strong", Boolean, nullable=False, server_default=true()),
    UniqueConstraint("channel", "value_hash"),
    Index(None, "person_id"),
)

conversation = Table(
    "conversation",
    metadata,
    _id(),
    _link("person_id", "person"),
    Column("channel", String(20), nullable=False),
    Column("handled_by", String(10), nullable=False),
    Column("generation", Integer, nullable=False),
    Column("talk", String(20), nullable=False),
    _link("staff_id", "staff", nullable=True),
    Column("case_id", String(32)),
    Column("next_seq", Integer, nullable=False),
    Column("offered_sealed", LargeBinary),
    Column("tracker_sealed", LargeBinary),
    Column("outage_told_at", Utc),
    Column("address_sealed", LargeBinary),
    Column("wrote_at", Utc),
    Column("unreachable", Clipped(40)),
    Column("paced_until", Utc),
    Column("created_at", Utc, nullable=False),
    UniqueConstraint("person_id", "channel"),
    _few("unreachable", "unreachable IS NOT NULL"),
)

turn = Table(
    "turn",
    metadata,
    _id(),
    _link("conversation_id", "conversation"),
    Column("number", Integer, nullable=False),
    Column("place", BigInteger, nullable=False, server_default="0"),
    Column("state", String(10), nullable=False),
    Column("outcome", Clipped(40)),
    Column("opened_at", Utc, nullable=False),
    Column("closes_at", Utc, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_try_at", Utc, nullable=False),
    Column("lease_token", String(32)),
    Column("lease_until", Utc),
    Column("done_at", Utc),
    UniqueConstraint("conversation_id", "number"),
    Index(None, "state", "next_try_at"),
)

doubt = Table(
    "doubt",
    metadata,
    _id(),
    _link("conversation_id", "conversation"),
    _link("turn_id", "turn"),
    Column("kind", String(20), nullable=False),
    Column("state", String(20), nullable=False),
    Column("asked_at", Utc, nullable=False),
    Column("settled_at", Utc),
    Index(None, "conversation_id"),
    _few("asked_at", "state = 'asked'"),
)

inbound = Table(
    "inbound",
    metadata,
    _id(),
    _link("conversation_id", "conversation"),
    _link("turn_id", "turn"),
    Column("channel", String(20), nullable=False),
    Column("external_hash", String(64), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("place", BigInteger, nullable=False, server_default="0"),
    Column("kind", String(20), nullable=False),
    Column("body_sealed", LargeBinary, nullable=False),
    Column("urgency", String(10), nullable=False),
    Column("received_at", Utc, nullable=False),
    UniqueConstraint("channel", "external_hash"),
    UniqueConstraint("conversation_id", "seq"),
    Index(None, "turn_id"),
)

# A file of a message: first only where it lies at the provider, then its pieces here.
attachment = Table(
    "attachment",
    metadata,
    _id(),
    _link("inbound_id", "inbound"),
    _link("person_id", "person"),
    Column("channel", String(20), nullable=False),
    Column("position", Integer, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("media_type", Clipped(100), nullable=False),
    Column("size", BigInteger),
    Column("source_sealed", LargeBinary, nullable=False),
    Column("state", String(20), nullable=False),
    Column("error", Clipped(80)),
    Column("attempts", Integer, nullable=False),
    Column("next_try_at", Utc, nullable=False),
    Column("lease_token", String(32)),
    Column("lease_until", Utc),
    Column("stored_at", Utc),
    Column("forgotten_at", Utc),
    Column("reading", String(20)),
    Column("reading_problem", Clipped(20)),
    Column("reading_token", String(32)),
    Column("reading_until", Utc),
    Column("readings", Integer, nullable=False, server_default="0"),
    Column("words_sealed", LargeBinary),
    Index(None, "state", "next_try_at"),
    Index(None, "inbound_id"),
    _few("reading", "reading IN ('waiting', 'at_work')"),
)

attachment_piece = Table(
    "attachment_piece",
    metadata,
    Column("attachment_id", String(32), ForeignKey("attachment.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("body_sealed", LargeBinary, nullable=False),
)

outbound = Table(
    "outbound",
    metadata,
    _id(),
    Column("purpose", String(10), nullable=False),
    Column("author", String(10), nullable=False),
    Column("channel", String(20), nullable=False),
    _link("conversation_id", "conversation", nullable=True),
    _link("turn_id", "turn", nullable=True),
    _link("case_id", "case_file", nullable=True),
    _link("staff_id", "staff", nullable=True),
    Column("page_id", String(32)),
    Column("generation", Integer, nullable=False),
    Column("seq", Integer),
    Column("state", String(20), nullable=False),
    Column("body_sealed", LargeBinary, nullable=False),
    Column("address_sealed", LargeBinary),
    Column("attempts", Integer, nullable=False),
    Column("next_try_at", Utc, nullable=False),
    Column("lease_token", String(32)),
    Column("lease_until", Utc),
    Column("error", Clipped(80)),
    Column("created_at", Utc, nullable=False),
    Column("sent_at", Utc),
    Column("provider_id", String(80)),
    Column("provider_status", Clipped(20)),
    Column("uncertain_count", Integer, nullable=False, server_default="0"),
    Column("asked_by", String(32)),
    Column("released_by", String(32)),
    Column("released_at", Utc),
    Index(None, "state", "next_try_at"),
    Index(None, "conversation_id", "seq"),
    Index(None, "turn_id"),
    Index(None, "case_id"),
    _few("page_id", "page_id IS NOT NULL"),
    _few("uncertain_count", "uncertain_count > 0"),
)

case_file = Table(
    "case_file",
    metadata,
    _id(),
    Column("reference", String(12), nullable=False, unique=True),
    _link("person_id", "person"),
    _link("conversation_id", "conversation"),
    Column("kind", String(20), nullable=False),
    Column("urgency", String(10), nullable=False),
    Column("urgency_rank", Integer, nullable=False),
    Column("state", String(10), nullable=False),
    Column("practice", Boolean, nullable=False),
    _link("owner_id", "staff", nullable=True),
    Column("opened_at", Utc, nullable=False),
    Column("updated_at", Utc, nullable=False),
    Column("closed_at", Utc),
    Column("close_reason", String(20)),
    Column("close_asked_by", String(32)),
    Column("close_asked_at", Utc),
    Column("trace_id", String(32), nullable=False, server_default=""),
    Column("fields_sealed", LargeBinary, nullable=False),
    Index(None, "state", "urgency_rank"),
    Index(None, "conversation_id"),
    Index(None, "trace_id"),
)

case_log = Table(
    "case_log",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    _link("case_id", "case_file"),
    Column("at", Utc, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("actor", String(40), nullable=False),
    Column("text_sealed", LargeBinary, nullable=False),
    Index(None, "case_id"),
    sqlite_autoincrement=True,
)

escalation = Table(
    "escalation",
    metadata,
    _id(),
    _link("case_id", "case_file"),
    Column("state", String(20), nullable=False),
    Column("policy", Text, nullable=False),
    Column("step", Integer, nullable=False),
    Column("next_at", Utc, nullable=False),
    Column("started_at", Utc, nullable=False),
    _link("acknowledged_by", "staff", nullable=True),
    Column("acknowledged_at", Utc),
    Column("trace_id", String(32), nullable=False, server_default=""),
    Column("care", String(20), nullable=False, server_default="none"),
    Column("cared_by", String(32)),
    Column("cared_at", Utc),
    Column("cared_how", String(20)),
    Index(None, "state", "next_at"),
    Index(None, "case_id"),
)

# Somebody is being woken for one step of an escalation, or told something, contact after contact.
page = Table(
    "page",
    metadata,
    _id(),
    _link("case_id", "case_file"),
    _link("escalation_id", "escalation", nullable=True),
    _link("staff_id", "staff", nullable=True),
    Column("kind", String(20), nullable=False),
    Column("step", Integer, nullable=False),
    Column("state", String(20), nullable=False),
    Column("contact", Integer, nullable=False),
    Column("next_at", Utc, nullable=False),
    Column("code", String(10)),
    Column("token_hash", String(64)),
    Column("expires_at", Utc),
    Column("trace_id", String(32), nullable=False),
    Column("created_at", Utc, nullable=False),
    UniqueConstraint("escalation_id", "step", "staff_id", "kind"),
    UniqueConstraint("token_hash"),
    Index(None, "state", "next_at"),
    Index(None, "case_id"),
    Index(None, "staff_id", "created_at"),
)

# What became of pages, line after line; nothing is ever changed or deleted here.
page_log = Table(
    "page_log",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    _link("case_id", "case_file"),
    Column("page_id", String(32)),
    Column("escalation_id", String(32)),
    Column("staff_id", String(32)),
    Column("outbound_id", String(32)),
    Column("channel", String(20), nullable=False),
    Column("event", String(20), nullable=False),
    Column("reason", Clipped(80), nullable=False),
    Column("trace_id", String(32), nullable=False),
    Column("at", Utc, nullable=False),
    Index(None, "case_id"),
    Index(None, "page_id"),
    Index(None, "outbound_id"),
    Index(None, "trace_id"),
    Index(None, "staff_id", "at"),
    sqlite_autoincrement=True,
)

# Who said "I have it"; some policies want two.
acknowledgement = Table(
    "acknowledgement",
    metadata,
    Column("escalation_id", String(32), ForeignKey("escalation.id"), primary_key=True),
    Column("staff_id", String(32), ForeignKey("staff.id"), primary_key=True),
    Column("channel", String(20), nullable=False),
    Column("at", Utc, nullable=False),
    Column("lapsed_at", Utc),
)

# A policy that the organisation has changed; the others are those of bot.domain.oncall.
escalation_policy = Table(
    "escalation_policy",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("body", Text, nullable=False),
    Column("edited_at", Utc, nullable=False),
    _link("edited_by", "staff", nullable=True),
)

# What comes next in a case, when, by whom, and whether the one who is to do it has agreed.
next_step = Table(
    "next_step",
    metadata,
    _id(),
    _link("case_id", "case_file"),
    _link("owner_id", "staff"),
    _link("set_by", "staff"),
    Column("text_sealed", LargeBinary, nullable=False),
    Column("due_at", Utc, nullable=False),
    Column("set_at", Utc, nullable=False),
    Column("accepted_at", Utc),
    Column("done_at", Utc),
    Column("told_at", Utc),
    Column("raised_at", Utc),
    Index(None, "case_id"),
    Index(None, "owner_id"),
    _few("due_at", "done_at IS NULL"),
)

staff = Table(
    "staff",
    metadata,
    _id(),
    Column("login", String(60), nullable=False, unique=True),
    Column("number", Integer, nullable=False, unique=True),
    Column("role", String(20), nullable=False),
    Column("password_hash", String(200), nullable=False),
    Column("disabled", Boolean, nullable=False),
    Column("languages", String(100), nullable=False, server_default=""),
    Column("robot", Boolean, nullable=False, server_default=false()),
    Column("created_at", Utc, nullable=False),
)

# Named groups that a policy may page.
staff_group = Table(
    "staff_group",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("staff_id", String(32), ForeignKey("staff.id"), primary_key=True),
)

# What a member is told when they next open the console: good news, a talk after a hard case.
staff_notice = Table(
    "staff_notice",
    metadata,
    _id(),
    _link("staff_id", "staff"),
    _link("case_id", "case_file"),
    Column("kind", String(20), nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("seen_at", Utc),
    UniqueConstraint("staff_id", "case_id", "kind"),
)

staff_contact = Table(
    "staff_contact",
    metadata,
    _id(),
    _link("staff_id", "staff"),
    Column("channel", String(20), nullable=False),
    Column("address_sealed", LargeBinary, nullable=False),
    Column("address_hash", String(64)),
    Column("position", Integer, nullable=False, server_default="0"),
    Column("after_minutes", Integer, nullable=False, server_default="0"),
    Column("verified_at", Utc),
    Column("code_hash", String(64)),
    Column("code_until", Utc),
    Column("code_tries", Integer, nullable=False, server_default="0"),
    Column("failed_at", Utc),
    Column("failed_because", Clipped(80)),
    Index(None, "address_hash"),
)

staff_session = Table(
    "staff_session",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    _link("staff_id", "staff"),
    Column("created_at", Utc, nullable=False),
    Column("seen_at", Utc, nullable=False),
    Column("expires_at", Utc, nullable=False),
)

# Duty is planned in schedules: rotations, single shifts, overrides (swaps) and holidays.
schedule = Table(
    "schedule",
    metadata,
    _id(),
    Column("name", String(40), nullable=False, unique=True),
    Column("timezone", String(40), nullable=False),
    Column("created_at", Utc, nullable=False),
)

# Dates and times of rotations are texts (ISO 8601) in the zone of their schedule.
rotation = Table(
    "rotation",
    metadata,
    _id(),
    _link("schedule_id", "schedule"),
    Column("name", String(40), nullable=False),
    Column("members", Text, nullable=False),
    Column("turn_days", Integer, nullable=False),
    Column("first_day", String(10), nullable=False),
    Column("last_day", String(10)),
    Column("begins", String(5), nullable=False),
    Column("ends", String(5), nullable=False),
    Column("weekdays", String(7), nullable=False),
    Column("on_holidays", Boolean, nullable=False),
    Index(None, "schedule_id"),
)

shift = Table(
    "shift",
    metadata,
    _id(),
    Column(
        "schedule_id",
        String(32),
        ForeignKey("schedule.id"),
        nullable=False,
        server_default="main",
    ),
    _link("staff_id", "staff"),
    Column("starts_at", Utc, nullable=False),
    Column("ends_at", Utc, nullable=False),
    Index(None, "ends_at"),
)

override = Table(
    "override",
    metadata,
    _id(),
    _link("schedule_id", "schedule"),
    _link("out_id", "staff", nullable=True),
    _link("in_id", "staff", nullable=True),
    Column("starts_at", Utc, nullable=False),
    Column("ends_at", Utc, nullable=False),
    Column("created_at", Utc, nullable=False),
    _link("created_by", "staff", nullable=True),
    Column("accepted_at", Utc),
    Index(None, "ends_at"),
)

holiday = Table(
    "holiday",
    metadata,
    Column("day", String(10), primary_key=True),
    Column("name", String(60), nullable=False),
)

# When each loop was last seen to go round, and what the auditor and the canary last did.
beat = Table(
    "beat",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("at", Utc, nullable=False),
    Column("detail", Clipped(200), nullable=False, server_default=""),
)

canary_run = Table(
    "canary_run",
    metadata,
    _id(),
    Column("started_at", Utc, nullable=False),
    Column("case_id", String(32)),
    Column("paged_at", Utc),
    Column("acknowledged_at", Utc),
    Column("problem", Clipped(80)),
    Index(None, "started_at"),
)

alarm = Table(
    "alarm",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", Utc, nullable=False),
    Column("kind", String(40), nullable=False),
    Column("detail", Clipped(200), nullable=False),
    Column("settled_at", Utc),
    Index(None, "settled_at"),
)

# What all processes must know of a channel together.
channel_state = Table(
    "channel_state",
    metadata,
    Column("channel", String(20), primary_key=True),
    Column("opened_at", Utc),
    Column("paced_until", Utc),
    Column("held_until", Utc),
    Column("poll_offset", BigInteger),
    Column("reconciled_at", Utc),
    Column("lease_token", String(32)),
    Column("lease_until", Utc),
)

# Requests that claim to come from a provider and cannot prove it, or that make no sense.
quarantine = Table(
    "quarantine",
    metadata,
    _id(),
    Column("channel", String(20), nullable=False),
    Column("at", Utc, nullable=False),
    Column("reason", String(40), nullable=False),
    Column("body_hash", String(64), nullable=False),
    Column("body_sealed", LargeBinary, nullable=False),
    Column("times", Integer, nullable=False),
    Column("state", String(10), nullable=False),
    _link("settled_by", "staff", nullable=True),
    Column("settled_at", Utc),
    UniqueConstraint("channel", "body_hash"),
    Index(None, "state", "at"),
)

# An offer that was asked about, by its fingerprint: keyed hashes, never its words.
offer_seen = Table(
    "offer_seen",
    metadata,
    _id(),
    Column("text_hash", String(64)),
    Column("signature", LargeBinary),
    Column("expires_at", Utc, nullable=False),
    Index(None, "text_hash"),
    Index(None, "expires_at"),
)

offer_band = Table(
    "offer_band",
    metadata,
    Column("band", String(32), primary_key=True),
    Column("offer_id", String(32), ForeignKey("offer_seen.id"), primary_key=True),
    Index(None, "offer_id"),
)

# Somebody asked about an offer, or reported a recruiter.
sighting = Table(
    "sighting",
    metadata,
    _id(),
    _link("offer_id", "offer_seen"),
    Column("asker_hash", String(64), nullable=False),
    _link("case_id", "case_file", nullable=True),
    Column("verdict", String(20), nullable=False),
    Column("place", String(40)),
    Column("leaves_on", String(10)),
    Column("times", Integer, nullable=False),
    Column("first_at", Utc, nullable=False),
    Column("last_at", Utc, nullable=False),
    Column("expires_at", Utc, nullable=False),
    UniqueConstraint("offer_id", "asker_hash"),
    Index(None, "case_id"),
    Index(None, "asker_hash", "last_at"),
    Index(None, "place", "last_at"),
    Index(None, "expires_at"),
)

sighting_mark = Table(
    "sighting_mark",
    metadata,
    Column("mark_hash", String(64), primary_key=True),
    Column("sighting_id", String(32), ForeignKey("sighting.id"), primary_key=True),
    Index(None, "sighting_id"),
)

# Numbers, accounts and names in the net that came up in dangerous offers; for staff only.
recruiter = Table(
    "recruiter",
    metadata,
    _id(),
    Column("reference", String(12), nullable=False, unique=True),
    Column("kind", String(10), nullable=False),
    Column("mark_hash", String(64), nullable=False, unique=True),
    Column("state", String(10), nullable=False),
    Column("times", Integer, nullable=False),
    Column("first_at", Utc, nullable=False),
    Column("last_at", Utc, nullable=False),
    Column("expires_at", Utc, nullable=False),
    Column("named_sealed", LargeBinary, nullable=False),
    Index(None, "last_at"),
    Index(None, "expires_at"),
)

recruiter_case = Table(
    "recruiter_case",
    metadata,
    Column("recruiter_id", String(32), ForeignKey("recruiter.id"), primary_key=True),
    Column("case_id", String(32), ForeignKey("case_file.id"), primary_key=True),
    Column("at", Utc, nullable=False),
    Index(None, "case_id"),
)

recruiter_log = Table(
    "recruiter_log",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    _link("recruiter_id", "recruiter"),
    Column("at", Utc, nullable=False),
    Column("act", String(20), nullable=False),
    Column("actor", String(40), nullable=False),
    Column("text_sealed", LargeBinary, nullable=False),
    Index(None, "recruiter_id"),
    sqlite_autoincrement=True,
)

# Where dangerous offers came together, and of which step staff have heard.
hot_spot = Table(
    "hot_spot",
    metadata,
    Column("kind", String(20), primary_key=True),
    Column("key", String(64), primary_key=True),
    Column("day", String(10), primary_key=True),
    Column("step", Integer, nullable=False),
    Column("people", Integer, nullable=False),
    Column("told_at", Utc, nullable=False),
)

# The clock of the departure that a case is about.
departure = Table(
    "departure",
    metadata,
    Column("case_id", String(32), ForeignKey("case_file.id"), primary_key=True),
    Column("offer_id", String(32)),
    Column("verdict", String(20), nullable=False),
    Column("told", String(20)),
    Column("first_day", String(10)),
    Column("last_day", String(10)),
    Column("zone", String(40), nullable=False),
    Column("told_at", Utc, nullable=False),
    Column("raised", String(10), nullable=False),
    Column("task", String(20)),
    Column("outcome", String(20)),
    Column("checked_at", Utc, nullable=False),
    Column("next_at", Utc),
    Index(None, "next_at"),
    Index(None, "checked_at"),
)

# Public lists of placement companies. Their dates are texts (ISO 8601): a backup knows no bare days.
agency_list = Table(
    "agency_list",
    metadata,
    _id(),
    Column("source", String(300), nullable=False, unique=True),
    Column("as_of", String(10), nullable=False),
    Column("imported_at", Utc, nullable=False),
)

agency = Table(
    "agency",
    metadata,
    _id(),
    _link("list_id", "agency_list"),
    Column("place", Integer, nullable=False),
    Column("name", String(300), nullable=False),
    Column("licence", String(300), nullable=False),
    Column("state", String(20), nullable=False),
    Column("valid_until", String(10)),
    Column("address", String(300), nullable=False),
    Column("branch", String(300), nullable=False),
    Column("sanction", String(300), nullable=False),
    Index(None, "list_id"),
)
