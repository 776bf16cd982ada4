"""Plain threats against the member of staff who talks: few patterns, each tested both ways.

They are looked for only while a human talks. What somebody else said to the person ("dia bilang
...") is their danger and not ours, and what they fear for themselves has no "kamu" in it.
"""

from __future__ import annotations

import re

# Whom the words are for: the one who answers here. Not "saya", "dia" or "mereka".
_YOU = r"(?:kamu|kau|lu|lo|elu|loe|anda|kalian|petugas|kmu)"
_WILL = r"(?:saya|aku|gua|gue|gw|kami|kita|tak)"
_HARM = (
    r"(?:bunuh|habisi|bacok|tusuk|tembak|hajar|gebuk|bakar|culik|perkosa|santet|matiin|"
    r"sikat|cincang|gorok)"
)
_HOME = r"(?:rumah|alamat|kantor|keluarga|anak|istri|suami)"
_FIND = r"(?:tahu|tau|datangi|cari|bakar)"
_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        # saya bunuh kamu; kubunuh kalian; gue bakal habisi lo
        rf"\b(?:{_WILL}\s+(?:akan\s+|bakal\s+|mau\s+|pasti\s+)?|ku)(?:\s*){_HARM}\s+{_YOU}\b",
        # kamu saya bunuh; kalian bakal gue habisi
        rf"\b{_YOU}\s+(?:akan\s+|bakal\s+|pasti\s+)?{_WILL}\s+{_HARM}\b",
        # mati kau; mampus lu
        r"\b(?:mati|mampus)\s+(?:kau|lu|lo|kamu|kalian)\b",
        # saya tahu rumah kamu; kami sudah tahu kantormu
        rf"\b{_WILL}\s+(?:sudah\s+|udah\s+)?{_FIND}\s+{_HOME}\s*(?:{_YOU}|mu)\b",
        # saya cari kamu sampai dapat; kami akan cari kalian. "Saya cari kamu" alone may be a visit.
        rf"\b{_WILL}\s+(?:akan\s+|bakal\s+|pasti\s+)?(?:cari|buru)\s+{_YOU}\s+sampai\b",
        r"\b(?:kami|kita)\s+(?:akan|bakal|pasti)\s+(?:cari|buru)\s+kalian\b",
        # awas kamu petugas; hati-hati kalian ya
        rf"\bawas\s+(?:ya\s+)?{_YOU}\b",
    )
)
# Told of somebody else: a quotation is no threat of whoever quotes.
_QUOTED = re.compile(
    r"[\"“”']|\b(?:dia|ia|mereka|majikan|bos|agen|agensi|suami|sponsor|orang\s*nya|orang itu)\b"
    r"[^.!?\n]*\b(?:bilang|ngomong|ancam|mengancam|ngancam|kata|katanya|nulis|chat|kirim)\b|"
    r"\b(?:katanya|kata (?:dia|majikan|bos|agen|suami|mereka))\b|\b(?:bilang|ngomong)\s*:"
)
# Whoever cannot find the way to the office looks for us, too.
_KINDLY = re.compile(r"\b(?:tolong|minta|makasih|terima kasih|maaf)\b")


def threatens_staff(text: str) -> bool:
    """Whether a message in a talk with a human plainly threatens whoever answers."""
    words = " ".join(text.lower().split())
    if _QUOTED.search(words) or _KINDLY.search(words):
        return False
    return any(pattern.search(words) for pattern in _PATTERNS)
