"""The channels that wake staff, and the addresses that they go to."""

from __future__ import annotations

import re

import phonenumbers

EMAIL = "email"
TELEGRAM_STAFF = "telegram_staff"
WHATSAPP_PAGE = "whatsapp_page"
SMS = "sms"
VOICE = "voice"
PHONES = (WHATSAPP_PAGE, SMS, VOICE)
ANSWERED_FROM = (TELEGRAM_STAFF, WHATSAPP_PAGE, SMS)
"""Where the address that an answer comes from tells whose answer it is: one member each."""

LONGEST_ADDRESS = 254  # of an e-mail, RFC 5321
SHAPE_OF_EMAIL = re.compile(r"[^@\s,;<>\"]{1,64}@[\w-]+(\.[\w-]+)*\.[\w-]{2,}")
BETWEEN_DIGITS = re.compile(r"[\s().\u2010-\u2014-]")


class AddressError(ValueError):
    """An address cannot be right; the text is shown to whoever typed it."""


def read_address(channel: str, typed: str) -> str:
    """An address as it is stored; AddressError, in Indonesian, when it cannot be one."""
    text = typed.strip()[: LONGEST_ADDRESS + 1]
    if channel in PHONES:
        return _read_phone(text)
    if channel == EMAIL and not (len(text) <= LONGEST_ADDRESS and SHAPE_OF_EMAIL.fullmatch(text)):
        raise AddressError("Alamat email ini belum benar, misalnya sari@contoh.org.")
    if not text:
        raise AddressError("Isi dulu alamatnya.")
    return text


def _read_phone(text: str) -> str:
    """In the form +62...; whoever means a number of another country has to say which."""
    plain = BETWEEN_DIGITS.sub("", text)
    try:
        number = phonenumbers.parse(plain, None)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not plain.startswith("+"):
        raise AddressError("Tulis nomor dengan kode negara di depan, misalnya +62 812 0000 0001.")
    if not phonenumbers.is_possible_number(number) or not plain[1:].isdecimal():
        raise AddressError("Nomor ini terlalu pendek atau terlalu panjang. Periksa lagi angkanya.")
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
