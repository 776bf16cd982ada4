"""What the people of the bench say; both sides hear the same, word for word."""

from __future__ import annotations

QUESTIONS = (
    "biaya ke taiwan biasanya berapa ya",
    "gimana cara cek pt resmi atau bukan",
    "visa kerja ke malaysia apa saja syaratnya",
    "apa ciri ciri lowongan palsu",
    "ada bantuan apa untuk korban penipuan kerja",
    "data saya dibaca siapa",
    "kamu robot ya",
    "terima kasih kak",
)
"""Plain questions: one action speaks, a second offers the next steps; no form opens."""


def question(number: int) -> str:
    """A question that nobody asked before: what was read before costs less to read again."""
    return f"{QUESTIONS[number % len(QUESTIONS)]} {number}"


OFFERS = (
    (
        "mau cek tawaran kerja",
        "saya ditawari kerja di taiwan jadi perawat lansia gaji 12 juta",
        "visa turis",
        "diminta bayar 5 juta",
        "lewat teman di facebook",
    ),
    (
        "mau cek lowongan",
        "kerja operator di kamboja gaji 15 juta lewat telegram",
        "bulan depan",
        "belum tahu visanya",
        "gratis katanya",
    ),
)
"""Talks through the form that checks an offer; the first message opens it."""

DANGER = "tolong saya disekap"
