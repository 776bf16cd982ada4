"""What a message is about, whatever the model takes it for: few matters, told by plain words.

Short sentences such as "jadi boleh?" mean something only after what was said before, and some
matters are too grave for a guess. A message in danger is none of these: that comes first.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import Enum

from bot.language.danger import screen
from bot.language.facts import find_facts
from bot.language.spelling import normalise
from bot.language.types import Urgency

_SHORT = 7
_SENTENCE = 9

_OURSELVES = (
    r"tanya ?dulu|layanan (?:ini|kalian)|atas nama kalian|mengaku dari sini|ngaku dari sini"
)
_US = rf"(?:{_OURSELVES}|kalian|dari sini)"
_ASKED_THINGS = (
    r"(?:otp|pin|password|kata sandi|kode(?: verifikasi)?|uang|transfer|foto ktp|ktp|rekening)"
)
_ASKED_FOR = r"(?:di|me)?(?:minta\w*|suruh\w*|tagih\w*)"
_RELATIVE = (
    r"(?:adik|anak|suami|istri|kakak|ibu|emak|mama|bapak|ayah|sepupu|keponakan|ponakan|saudara|"
    r"teman|mbak|mas|abang|paman|bibi|om|tante|dia|orang)(?:nya|ku)?"
)
_FOUND = (
    r"(?:ketemu|ditemukan|pulang|di rumah|sampai rumah|ada kabar(?:nya)?|kasih kabar|"
    r"(?:bisa|dapat) dihubungi)"
)

_FOUND_AGAIN = re.compile(
    rf"\b{_RELATIVE}(?: (?:saya|aku|kami|gue))? (?:sudah|telah|akhirnya|ternyata sudah) {_FOUND}\b"
    rf"(?! (?:sama|dengan|agen|sponsor|calo))|^(?:sudah|akhirnya) (?:ketemu|ditemukan)\b"
    rf"(?! (?:sama|dengan))"
)
_ACCUSED = re.compile(
    r"(?=.*\b(?:fitnah\w*|memfitnah|pencemaran|mencemarkan|somasi|hoaks?|menjelekkan|jelekin)\b)"
    r"(?=.*\b(?:kalian|kamu|anda|situ|tanya ?dulu|bot|layanan ini|admin)\b)"
)
_WHO = re.compile(
    r"(?:maaf |halo |permisi )?(?:(?:ini |itu )?(?:nomor |nomer )?siapa(?: (?:ini|itu|ya|sih|ni|kamu))*|"
    r"(?:ini |itu )?(?:nomor|nomer) (?:siapa|apa)(?: (?:ini|itu|ya|sih))*)\W*"
)
_GO_ON = (
    r"(?:lanjut(?:kan|in)?|terus(?:kan|in)|sambung|menyambung|sambungin|meneruskan|melanjutkan|"
    r"nerusin|ngelanjutin)"
)
_RESUME = re.compile(
    rf"(?:(?:ayo|yuk|oke|ok|ya|iya|kak|mau|saya|aku|ingin|pengin|boleh) )*{_GO_ON}"
    r"(?: (?:yang|lagi|saja|ya|kak|dong|tadi|kemarin|kemaren|itu|laporan(?:nya)?|pertanyaan(?:nya)?|"
    r"cek(?:nya)?|formulir(?:nya)?))*[\s.!]*"
)
_MAY_I = re.compile(
    r"\baman\b|\b(?:penipu|penipuan|nipu|bohong) (?:bukan|tidak|ya|apa)\b|^(?:(?:jadi|jd|berarti|brarti|terus|trus|oke|gimana|bagaimana)\W* )+.*"
    r"\b(?:boleh|bisa|lanjut|gas|berangkat|ambil|terima|bagaimana)\b|"
    r"\b(?:boleh|bisa) (?:tidak )?(?:saya )?(?:berangkat|ikut|diambil|diterima|lanjut)\b"
)
_DEAD = re.compile(r"(?<!tidak )(?<!belum )(?<!bukan )\b(?:meninggal|wafat|tewas|berpulang)\b")
_SECRECY = re.compile(r"\b(?:data|chat|rahasia|nomor|hp|handphone|di sini|cerita|lapor\w*)\b")
_MONEY = re.compile(r"\b(?:minta|bayar\w*|biaya|transfer|uang|juta|ribu|ongkos|tebus\w*)\b")

QUESTION = re.compile(
    r"(?:(?:tapi|lalu|terus|trus|lha|lah|loh|lho|oh|emg|emang(?:nya)?|memang(?:nya)?|kok|kak|itu|biasanya|normalnya|wajarnya) )*"
    r"(?:mengapa|kenapa|apa|apakah|bagaimana|berapa|siapa yang|(?:bisa|boleh)(?:kah| tidak)|"
    r"kalau .*\b(?:boleh|bisa|bagaimana|tidak apa apa|apa apa)\b)(?!\w)"
)
_DO_NOT_KNOW = re.compile(r"\b(?:lupa|tidak (?:tahu|ingat|paham)|belum (?:tahu|jelas)|entah)\b")
_OTHERS = re.compile(
    r"\b(?:tetangga|teman|saudara|sepupu|kakak|adik|orang|banyak|kawan|tante|om)\b.*"
    r"\b(?:berhasil|sukses|lancar|aman|betah|pulang bawa|beres|enak|jadi kaya|tidak apa apa)\b"
)
_PAUSES = re.compile(
    r"(?:(?:ya|oke|ok|maaf|kak|sudah) )*(?:nanti|besok|lusa|bentar|sebentar|kapan kapan|tunggu)"
    r"(?: (?:dulu|saja|lagi|ya|kak|deh|lanjut|dilanjut|sambung|disambung|bu|pak|min|mbak|mas|dong))*[\s.!]*"
)


class Matter(Enum):
    """What may stand in a message beside its intent."""

    DEATH = "death"
    IMPOSTOR = "impostor"
    FOUND = "found"
    ACCUSED = "accused"
    WHO = "who"
    RESUME = "resume"
    MAY_I = "may_i"


def matter_of(text: str, *, of_a_missing: bool = False) -> Matter | None:
    """The matter that the words tell plainly; None for most messages and for all danger.

    Where a missing relative is spoken of already, a death needs no place to be one abroad.
    """
    if not text:
        return None
    screened = screen(text)
    if screened.urgency is Urgency.EMERGENCY:
        return None
    if "death_repatriation" in screened.signals:
        return Matter.DEATH
    plain = plain_words(text)
    if of_a_missing and _DEAD.search(plain):
        return Matter.DEATH
    return next((matter for matter, holds in _TESTS if holds(plain, text)), None)


def plain_words(text: str) -> str:
    """The text in plain spelling and small letters."""
    return normalise(text).text.casefold().strip()


def tells_of_a_demand(text: str) -> bool:
    """Whether somebody is said to ask for something, which is more than a question to us."""
    plain = plain_words(text)
    asks_us = plain.startswith(("apa ", "apakah ", "kalian ", "kenapa ", "mengapa "))
    return bool(re.search(rf"\b{_ASKED_FOR}\b", plain)) and not asks_us


def speaks_of_money(text: str) -> bool:
    """Whether money is asked for or paid."""
    return bool(_MONEY.search(plain_words(text)))


def asks(text: str) -> bool:
    """Whether it is a question to us by its first words; not knowing is an answer."""
    plain = plain_words(text)
    return bool(QUESTION.match(plain)) and not _DO_NOT_KNOW.search(plain)


def tells_of_others(text: str) -> bool:
    """Whether somebody is named for whom it went well."""
    plain = plain_words(text)
    return len(plain.split()) <= _SENTENCE and bool(_OTHERS.search(plain))


def pauses(text: str) -> bool:
    """Whether somebody wants to go on another time."""
    return bool(_PAUSES.fullmatch(plain_words(text)))


def _asks_in_our_name(plain: str, _text: str) -> bool:
    secret = re.search(rf"\b{_ASKED_THINGS}\b", plain)
    asked = re.search(rf"\b{_ASKED_FOR}\b", plain)
    return bool(secret and asked and re.search(rf"\b{_US}\b", plain))


def _may_i(plain: str, text: str) -> bool:
    if len(plain.split()) > _SHORT or not _MAY_I.search(plain) or _SECRECY.search(plain):
        return False
    return not find_facts(text)


def _short(pattern: re.Pattern[str], most: int) -> Callable[[str, str], bool]:
    def holds(plain: str, _text: str) -> bool:
        return len(plain.split()) <= most and bool(pattern.search(plain))

    return holds


def _all_of(pattern: re.Pattern[str]) -> Callable[[str, str], bool]:
    return lambda plain, _text: bool(pattern.fullmatch(plain))


_TESTS: tuple[tuple[Matter, Callable[[str, str], bool]], ...] = (
    (Matter.IMPOSTOR, _asks_in_our_name),
    (Matter.ACCUSED, lambda plain, _text: bool(_ACCUSED.search(plain))),
    (Matter.FOUND, _short(_FOUND_AGAIN, _SENTENCE)),
    (Matter.WHO, _all_of(_WHO)),
    (Matter.RESUME, _all_of(_RESUME)),
    (Matter.MAY_I, _may_i),
)
