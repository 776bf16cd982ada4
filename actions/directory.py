"""Numbers to call, from the one table that holds them."""

from __future__ import annotations

from datetime import date
from functools import cache

from rasa_sdk.executor import CollectingDispatcher

from actions.base import DATA, say, words
from bot.domain.calendar_words import month_in_words
from bot.domain.contacts import Contact, load_contacts, shown_to_public, unchecked
from bot.language.places import Country

MOST_CONTACTS = 5


def say_contacts(
    dispatcher: CollectingDispatcher, country: Country | None, today: date | None
) -> None:
    """Numbers for the country, each with its source, and the national ones; none without a day."""
    code = country.code if country else None
    found = shown_to_public(_table(), code, today) if today else ()
    if not found:
        say(dispatcher, "say_no_contacts")
        return
    if country and not any(each.country == code for each in found):
        say(dispatcher, "say_no_contacts_there")
    shown = found[:MOST_CONTACTS]
    lines = [_line(contact) for contact in shown]
    if unchecked(shown):
        lines.append(words("say_contacts_unchecked"))
    say(dispatcher, "say_contacts", contacts="\n".join(lines))


@cache
def _table() -> tuple[Contact, ...]:
    return load_contacts(DATA / "directory" / "contacts.yml")


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
