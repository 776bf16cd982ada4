"""A person, numbers to call, and what people think of this service."""

from __future__ import annotations

from functools import cache

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import (
    DATA,
    Events,
    close_form,
    emit,
    entity,
    open_form,
    say,
    today_of,
    typed,
    words,
)
from actions.first import First
from actions.missing_case import keep_what_was_said
from bot.domain.calendar_words import month_in_words
from bot.domain.contacts import Contact, load_contacts, shown_to_public, unchecked

MOST_CONTACTS = 5

COUNTRY_CODES = {
    "indonesia": "ID",
    "kamboja": "KH",
    "malaysia": "MY",
    "singapura": "SG",
    "hongkong": "HK",
    "hong kong": "HK",
    "taiwan": "TW",
    "arab saudi": "SA",
    "saudi": "SA",
    "jepang": "JP",
    "korea": "KR",
    "myanmar": "MM",
    "thailand": "TH",
}
"""How the directory names the countries that people write."""


class ActionRequestHuman(First):
    """Somebody wants to talk to a person."""

    def name(self) -> str:
        """Name in domain.yml."""
        return "action_request_human"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Ask for one; the worker says truthfully when somebody comes."""
        kept = keep_what_was_said(dispatcher, tracker)
        emit(dispatcher, "request_human")
        return [*kept, *close_form()] if open_form(tracker) else []


class ActionContacts(First):
    """Somebody asks whom to call."""

    def name(self) -> str:
        """Name in domain.yml."""
        return "action_contacts"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Numbers for the country that was named, each with its source; none without one."""
        today = today_of(tracker)
        code = _country(tracker)
        found = shown_to_public(_directory(), code, today) if today else ()
        if not found:
            say(dispatcher, "say_no_contacts")
            return []
        if entity(tracker, "country") and not any(each.country == code for each in found):
            say(dispatcher, "say_no_contacts_there")
        shown = found[:MOST_CONTACTS]
        lines = [_line(contact) for contact in shown]
        if unchecked(shown):
            lines.append(words("say_contacts_unchecked"))
        say(dispatcher, "say_contacts", contacts="\n".join(lines))
        return []


class ActionFeedback(First):
    """Somebody says what they think of this service."""

    def name(self) -> str:
        """Name in domain.yml."""
        return "action_feedback"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Keep it."""
        emit(dispatcher, "record_feedback", note=typed(tracker))
        return []


@cache
def _directory() -> tuple[Contact, ...]:
    return load_contacts(DATA / "directory" / "contacts.yml")


def _country(tracker: Tracker) -> str | None:
    """The country in the message, else the one in the report about a missing relative."""
    told = [typed(tracker), str(tracker.get_slot("missing__country") or "")]
    for text in told:
        for name, code in COUNTRY_CODES.items():
            if name in text.casefold():
                return code
    return None


def _line(contact: Contact) -> str:
    hours = f", {contact.hours}" if contact.hours else ""
    return words(
        "say_contact_line",
        who=contact.name,
        phone=contact.phone,
        hours=hours,
        serves=contact.serves,
        date=month_in_words(contact.source_date),
    )
