"""What Twilio tells about a WhatsApp message, in the common shape. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.domain.channels import WHATSAPP
from bot.domain.conversation import TAP
from bot.domain.messages import Attachment, InboundMessage, Kind
from channels.inbound import clean

LONGEST_ID = 64
LONGEST_DETAIL = 2000
LONGEST_NAME = 200
LONGEST_REFERENCE = 500
MOST_FILES = 10
# A phone number, or Meta's id of somebody towards us alone, who may hide the number.
PHONE = re.compile(r"whatsapp:\+[1-9]\d{5,15}")
SCOPED = re.compile(r"whatsapp:[A-Z]{2}\.[0-9A-Za-z._-]{1,180}")
# A document without a caption comes with the name of its file as the text.
FILE_NAME = re.compile(
    r"[^\n/\\]{1,180}\.(pdf|docx?|xlsx?|pptx?|odt|csv|txt|jpe?g|png|zip|rar|apk|vcf|mp[34])",
    re.IGNORECASE,
)
MEDIA_TYPE = re.compile(r"[\w.+-]{1,40}/[\w.+-]{1,59}")
PLAIN = ("", "text", "interactive", "button", "list", "quick_reply")
KINDS = {
    "image": Kind.PHOTO,
    "photo": Kind.PHOTO,
    "audio": Kind.VOICE,
    "voice": Kind.VOICE,
    "video": Kind.VIDEO,
    "document": Kind.DOCUMENT,
    "file": Kind.DOCUMENT,
    "sticker": Kind.STICKER,
    "location": Kind.LOCATION,
    "contact": Kind.CONTACT,
    "contacts": Kind.CONTACT,
    "reaction": Kind.REACTION,
    "poll": Kind.POLL,
    "poll_creation": Kind.POLL,
    "poll_update": Kind.POLL,
    "edit": Kind.EDITED,
    "edited": Kind.EDITED,
    "deleted": Kind.DELETED,
    "revoke": Kind.DELETED,
    "revoked": Kind.DELETED,
}
# WhatsApp's own signs: sent on by the person, sent on by many.
FORWARDED, FORWARDED_OFTEN, IN_REPLY, ADVERT = "↪", "⏩", "↩", "📣"


class MalformedError(ValueError):
    """What came in is no message of a person."""


def is_ours(form: Mapping[str, str], account: str, senders: str) -> bool:
    """Whether a message was sent to this hotline.

    `senders` is WHATSAPP_FROM: a number, or a Messaging Service whose numbers all count; commas
    separate more than one.
    """
    if form.get("AccountSid") != account:
        return False
    ours = {sender.strip() for sender in senders.split(",")}
    return form.get("To") in ours or form.get("MessagingServiceSid") in ours


def normalise(form: Mapping[str, str], sent_at: datetime | None = None) -> InboundMessage:
    """A message from the parameters of its webhook; MalformedError without id or sender.

    `sent_at` when it is known that it is not from just now.
    """
    sid = form.get("MessageSid") or form.get("SmsMessageSid") or ""
    address = form.get("From", "")
    if not sid or len(sid) > LONGEST_ID or not is_address(address):
        raise MalformedError("no message id or sender")
    sender, aliases = identities(form)
    said = _words(form)
    files = _files(form)
    kind = _kind(form, said, files)
    name = ""
    if kind is Kind.DOCUMENT and FILE_NAME.fullmatch(said):
        name, said = said[:LONGEST_NAME], ""
    if kind is Kind.REACTION:
        said = ""
    return InboundMessage(
        WHATSAPP,
        sid,
        sender,
        said,
        kind=kind,
        aliases=aliases,
        address=address,
        attachments=tuple(
            Attachment(file.kind, file.media_type, file.reference, name) for file in files
        ),
        detail=_detail(form, kind),
        sent_at=sent_at,
    )


def is_address(text: str) -> bool:
    """Whether somebody can be answered at this address."""
    return bool(PHONE.fullmatch(text) or SCOPED.fullmatch(text))


def identities(form: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
    """Who wrote: the strongest identity and the weaker ones.

    A phone number passes to other people, the id that Meta gives does not. The number is always
    an alias as well: once the id is told, the person found by number keeps the conversation.
    """
    address, scoped = form.get("From", ""), form.get("ExternalUserId", "")
    wa_id = form.get("WaId", "")
    phone = address if PHONE.fullmatch(address) else f"whatsapp:+{wa_id}"
    aliases = (phone,) if PHONE.fullmatch(phone) else ()
    if SCOPED.fullmatch(scoped):
        return scoped, aliases
    return address, aliases


def _words(form: Mapping[str, str]) -> str:
    """What was said in words, or the code of the choice that was tapped."""
    for code in ("ButtonPayload", "ListId"):
        if TAP.fullmatch(form.get(code, "").strip()):
            return form[code].strip()
    for words in ("Body", "ButtonText", "ListTitle"):
        if form.get(words, "").strip():
            return clean(form[words])
    return ""


def _files(form: Mapping[str, str]) -> tuple[Attachment, ...]:
    kind = KINDS.get(form.get("MessageType", "").lower())
    found = []
    for number in range(MOST_FILES):
        reference = form.get(f"MediaUrl{number}", "")
        if not reference or len(reference) > LONGEST_REFERENCE:
            continue
        media_type = _media_type(form.get(f"MediaContentType{number}", ""))
        found.append(Attachment(_file_kind(media_type, kind), media_type, reference))
    return tuple(found)


def _media_type(text: str) -> str:
    plain = text.partition(";")[0].strip().lower()
    return plain if MEDIA_TYPE.fullmatch(plain) else "application/octet-stream"


def _file_kind(media_type: str, told: Kind | None) -> Kind:
    if media_type in ("text/vcard", "text/x-vcard"):
        return Kind.CONTACT
    if media_type == "image/webp" and told in (None, Kind.STICKER):
        return Kind.STICKER
    by_family = {"image": Kind.PHOTO, "audio": Kind.VOICE, "video": Kind.VIDEO}
    if told is Kind.DOCUMENT:
        return told
    return by_family.get(media_type.partition("/")[0], Kind.DOCUMENT)


def _kind(form: Mapping[str, str], said: str, files: tuple[Attachment, ...]) -> Kind | None:
    """What sort of message it is; None for words and taps, which stand for themselves."""
    told = form.get("MessageType", "").lower()
    if files:
        return files[0].kind
    if _coordinates(form) or told == "location":
        return Kind.LOCATION
    if told in KINDS:
        return KINDS[told]
    if said:
        return None
    # Twilio's list of messages tells no type: nothing to be seen is not nothing said.
    return None if told in PLAIN and "MessageType" in form else Kind.UNKNOWN


def _detail(form: Mapping[str, str], kind: Kind | None) -> str:
    """What was said without words, for staff: signs and data, no wording of ours."""
    lines = []
    if kind is Kind.LOCATION:
        lines += [_coordinates(form), form.get("Label", ""), form.get("Address", "")]
    if kind is Kind.CONTACT:
        lines += _contacts(form.get("Contacts", ""))
    if kind is Kind.REACTION:
        lines.append(form.get("ReactionEmoji", "") or form.get("Body", ""))
    if form.get("FrequentlyForwarded", "").lower() == "true":
        lines.append(FORWARDED_OFTEN)
    elif form.get("Forwarded", "").lower() == "true":
        lines.append(FORWARDED)
    if form.get("OriginalRepliedMessageSid"):
        lines.append(f"{IN_REPLY} {form['OriginalRepliedMessageSid'][:LONGEST_ID]}")
    advert = [form.get(f"Referral{part}", "") for part in ("Headline", "Body", "SourceUrl")]
    if any(advert):
        lines.append(f"{ADVERT} {' | '.join(part for part in advert if part)}")
    return clean("\n".join(line for line in lines if line.strip()))[:LONGEST_DETAIL]


def _coordinates(form: Mapping[str, str]) -> str:
    try:
        latitude, longitude = float(form["Latitude"]), float(form["Longitude"])
    except (KeyError, ValueError):
        return ""
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        return ""
    return f"{latitude:.6f}, {longitude:.6f}"


def _contacts(text: str) -> list[str]:
    """Names and numbers of shared contacts, from Meta's JSON; nothing when it is no such thing."""
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        return []
    lines = []
    for one in told if isinstance(told, list) else [told]:
        if isinstance(one, dict):
            name = _member(one.get("name"), "formatted_name")
            phones = one.get("phones")
            listed = phones if isinstance(phones, list) else []
            numbers = [_member(phone, "phone") for phone in listed]
            lines.append(" ".join(part for part in (name, *numbers) if part))
    return lines


def _member(value: Any, name: str) -> str:
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, str) else ""
