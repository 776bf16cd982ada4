"""The channels that wake staff, and what becomes of a page, in words."""

from __future__ import annotations

from bot.domain.pages import PageEvent
from bot.domain.staff_contacts import EMAIL, SMS, TELEGRAM_STAFF, VOICE, WHATSAPP_PAGE

CHANNELS = {
    TELEGRAM_STAFF: "Telegram",
    WHATSAPP_PAGE: "WhatsApp",
    SMS: "SMS",
    VOICE: "Telepon",
    EMAIL: "Email",
    "screen": "Layar server",
}
WHAT_TO_TYPE = {
    WHATSAPP_PAGE: "nomor",
    SMS: "nomor",
    VOICE: "nomor",
    EMAIL: "alamat",
    TELEGRAM_STAFF: "",
}
EVENTS = {
    PageEvent.QUEUED: "disiapkan",
    PageEvent.SENT: "dikirim",
    PageEvent.REPEATED: "dikirim lagi",
    PageEvent.DELIVERED: "sampai di HP",
    PageEvent.SEEN: "dibuka atau diangkat",
    PageEvent.FAILED: "gagal",
    PageEvent.NOT_SENT: "tidak dikirim",
    PageEvent.ACKNOWLEDGED: "dijawab",
    PageEvent.REFUSED: "jawaban ditolak",
}
REASONS = {
    "answering_machine": "mesin penjawab",
    "answered_not_acknowledged": "diangkat, tidak ada tombol ditekan",
    "busy": "nada sibuk",
    "no-answer": "tidak diangkat",
    "canceled": "dibatalkan",
    "failed": "tidak tersambung",
    "undelivered": "tidak sampai",
    "blocked": "bot diblokir",
    "never_started": "bot belum dibuka dari HP ini",
    "chat_not_found": "chat tidak ditemukan",
    "stopped": "penerima membalas STOP",
    "21610": "penerima membalas STOP",
    "invalid_address": "nomor tidak bisa dihubungi",
    "recipient refused": "alamat ditolak",
    "passed_on": "diteruskan",
    "bundled": "digabung dengan panggilan lain",
    "no_contact": "tidak ada kontak yang terbukti",
}


def channel(name: str) -> str:
    """A channel for people."""
    return CHANNELS.get(name, name)


def event(what: PageEvent, reason: str) -> str:
    """What became of a page, with the reason when there is one."""
    told = EVENTS.get(what, what.value)
    return f"{told}: {REASONS.get(reason, reason)}" if reason else told
