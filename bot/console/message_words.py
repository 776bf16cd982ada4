"""What staff read about messages: their sort, how they were delivered, what became of files."""

from __future__ import annotations

from bot.domain.channels import TELEGRAM, WEB, WHATSAPP
from bot.domain.messages import Author, Delivery, Kind, Line
from bot.domain.readings import Reading, ReadState

CHANNELS = {WEB: "Web", WHATSAPP: "WhatsApp", TELEGRAM: "Telegram"}
# Doors that are no channel of people, as refused requests name them.
DOORS = {
    **CHANNELS,
    "whatsapp_status": "WhatsApp (laporan kirim)",
    "voice": "Telepon",
    "voice_status": "Telepon (laporan)",
    "sms": "SMS",
    "sms_status": "SMS (laporan kirim)",
    "telegram_staff": "Telegram petugas",
}
# Ways to wake staff, and to say "I have it".
PAGE_CHANNELS = {
    "email": "surel",
    "screen": "layar mesin ini",
    "telegram_staff": "Telegram",
    "whatsapp_page": "WhatsApp",
    "sms": "SMS",
    "voice": "telepon",
    "robot": "robot",
    "console": "konsol",
    "link": "tautan",
}
# Words and taps speak for themselves.
KINDS = {
    Kind.TEXT: "",
    Kind.BUTTON: "",
    Kind.EMPTY: "Pesan kosong",
    Kind.PHOTO: "Foto",
    Kind.VOICE: "Pesan suara",
    Kind.VIDEO: "Video",
    Kind.DOCUMENT: "Dokumen",
    Kind.STICKER: "Stiker",
    Kind.LOCATION: "Lokasi",
    Kind.CONTACT: "Kontak",
    Kind.REACTION: "Reaksi pada satu pesan",
    Kind.POLL: "Jajak pendapat",
    Kind.EDITED: "Mengubah pesan",
    Kind.DELETED: "Menghapus satu pesan",
    Kind.CALL: "Menelepon; tidak dijawab",
    Kind.UNKNOWN: "Pesan yang jenisnya belum dikenal",
}
# Why a text did not get through: our own codes and those of the providers.
REASONS = {
    "stopped": "orang ini berhenti berlangganan (menulis STOP)",
    "21610": "orang ini berhenti berlangganan (menulis STOP)",
    "blocked": "orang ini memblokir kami",
    "number_passed_on": "nomor ini sekarang dipakai orang lain",
    "never_started": "orang ini belum pernah memulai chat dengan bot",
    "deactivated": "akunnya sudah tidak aktif",
    "chat_not_found": "chat-nya sudah tidak ada",
    "left_group": "bot sudah tidak ada di chat itu",
    "not_private": "ini bukan chat pribadi",
    "forbidden": "orang ini tidak menerima pesan dari kami",
    "invalid_address": "nomornya tidak ada di WhatsApp",
    "63003": "nomornya tidak ada di WhatsApp",
    "63024": "nomornya tidak bisa menerima pesan ini",
    "window_closed": "sudah lewat 24 jam sejak pesan terakhirnya",
    "63016": "sudah lewat 24 jam sejak pesan terakhirnya",
    "63049": "WhatsApp menahan pesan ini",
    "63032": "orang ini tidak bisa menerima pesan bisnis",
    "30008": "tidak diketahui sebabnya",
    "undelivered": "tidak sampai di HP-nya",
    "failed": "tidak sampai di HP-nya",
    "canceled": "dibatalkan penyedia",
    "too_long": "teksnya terlalu panjang",
    "21617": "teksnya terlalu panjang",
    "no_body": "teksnya kosong",
    "no_address": "alamatnya tidak diketahui",
    "unreachable": "orang ini tidak bisa dihubungi di sini",
    "no_template": "belum ada pesan pembuka yang disetujui WhatsApp",
    "wrong_template": "pesan pembukanya belum disetujui WhatsApp",
    "bad_request": "penyedia menolak isinya",
    "unreadable": "datanya sudah dihapus",
    "flood": "terlalu banyak pesan sekaligus",
    "rate": "terlalu banyak pesan sekaligus",
    "daily_limit": "jatah kirim hari ini habis",
    "auth": "kunci akun kami ditolak",
    "token_refused": "kunci bot kami ditolak",
    "wrong_account": "akun penyedia salah diatur",
    "wrong_sender": "nomor pengirim salah diatur",
    "country_closed": "akun kami tidak boleh mengirim ke negara itu",
    "wrong_callback": "alamat laporan salah diatur",
    "no_connection": "tidak tersambung ke penyedia",
    "connection_lost": "sambungan ke penyedia putus",
    "timed_out": "penyedia tidak menjawab",
    "unreadable_answer": "jawaban penyedia tidak terbaca",
    "too_large": "terlalu besar",
    "empty": "isinya kosong",
    "not_found": "sudah tidak ada di penyedia",
    "PUBLIC_BASE_URL": "alamat PUBLIC_BASE_URL harus https",
    "gone": "sudah tidak ada di penyedia",
    "expired": "sudah tidak ada di penyedia",
}
DELIVERED = {"delivered": "sampai di HP", "read": "dibaca"}
UNDER_WAY = "sedang dikirim"
TRYING = "belum terkirim, dicoba lagi"
UNSURE = "belum pasti sampai, sedang dicek"
HELD = "Ditahan: menunggu orang itu menulis lagi. HP-nya mungkin dilihat orang lain."
HELD_REASONS = {
    "outcome_unknown": (
        "Belum pasti sampai, dan tidak dikirim ulang begitu saja. Menunggu orang itu menulis lagi."
    ),
    "window_closed": (
        "Ditahan: sudah lewat 24 jam, dan WhatsApp tidak menerimanya. "
        "Pesan ini berangkat begitu orang itu menulis lagi."
    ),
}
REFUSALS = {
    "stranger": "nomor ini tidak dikenal; baca, mungkin butuh bantuan",
    "unsigned": "tanpa tanda tangan",
    "bad_signature": "tanda tangannya salah",
    "bad_secret": "kunci rahasianya salah",
    "wrong_secret": "kunci rahasianya salah",
    "no_secret": "tanpa kunci rahasia",
    "not_ours": "ditujukan ke akun lain",
    "malformed": "isinya rusak",
    "no_form": "isinya bukan formulir",
    "too_many_fields": "isian terlalu banyak",
    "too_large": "terlalu besar, isinya tidak disimpan",
    "anonymous": "penelepon tanpa nomor",
}
READING = {
    ReadState.WAITING: "Program belum membacanya",
    ReadState.AT_WORK: "Sedang dibaca program…",
    ReadState.READ: "Program tidak menemukan tulisan di sini",
    ReadState.TOLD: "Program tidak menemukan tulisan di sini",
}
UNREADABLE = {
    "locked": "terkunci sandi",
    "too_large": "terlalu besar",
    "too_long": "terlalu lama",
    "died": "terlalu berat",
    "lost": "berkasnya tidak ada",
}
PHOTO, SOUND, VIDEO, DOCUMENT = "Foto", "Suara", "Video", "Berkas"
FILE_KINDS = {
    Kind.PHOTO: PHOTO,
    Kind.STICKER: "Stiker",
    Kind.VOICE: SOUND,
    Kind.VIDEO: VIDEO,
    Kind.CONTACT: "Kartu kontak",
}


def channel_name(channel: str) -> str:
    """A channel, or another door, by the name that people know."""
    return DOORS.get(channel, channel.replace("_", " ").capitalize())


def page_channel(channel: str) -> str:
    """A way to wake staff, or by which they answered."""
    return PAGE_CHANNELS.get(channel, channel.replace("_", " "))


def reason(code: str) -> str:
    """Why a text or file did not get through; a code that nobody has worded shows itself."""
    bare = code.removeprefix("twilio ").strip()
    return REASONS.get(bare, f"penyedia menolak ({bare})" if bare else "tidak diketahui sebabnya")


def kinds(text: str) -> str:
    """The sorts of messages with commas between them, in words; any other text as it is."""
    parts = text.split(", ")
    if not all(part in set(Kind) for part in parts):
        return text
    return ", ".join(KINDS[Kind(part)] or part for part in parts)


def lost_file(text: str) -> str:
    """`kind, reason` of a file that nobody will ever open, in words."""
    kind, _, code = text.partition(", ")
    return f"{kinds(kind)} tidak bisa diambil: {reason(code)}"


def failure(detail: str) -> str:
    """`channel: reason` of an alarm or a log entry, in words; any other text as it is."""
    channel, mark, code = detail.partition(": ")
    if channel not in DOORS:
        return detail
    return f"{channel_name(channel)} ({reason(code)})" if mark else channel_name(channel)


def reading(found: Reading) -> str:
    """How the reading of a file went; empty where nobody tries to."""
    if found.lines:
        return "Tulisan yang dibaca program (bisa salah)"
    if found.state is ReadState.UNREADABLE:
        return f"Program tidak bisa membacanya: {UNREADABLE.get(found.problem, 'rusak')}"
    return READING.get(found.state, "") if found.state else ""


def refusal(code: str) -> str:
    """Why a request was refused at the door."""
    return REFUSALS.get(code, code.replace("_", " "))


def detail(text: str) -> str:
    """What a message says without words; the signs of the channels become words."""
    return "\n".join(filter(None, map(_detail_line, text.split("\n"))))


def _detail_line(line: str) -> str:
    sign, rest = line[:1], line[1:].strip()
    if sign == "↪":
        return f"Diteruskan dari {rest}" if rest else "Diteruskan dari orang lain"
    if sign == "⏩":
        return "Sudah diteruskan berkali-kali"
    if sign == "↩":
        # The provider's id of that message tells nobody anything.
        return "Balasan atas satu pesan sebelumnya"
    if sign == "❝":
        return f"Menanggapi: “{rest.rstrip('❞')}”"
    return f"Datang dari iklan: {rest}" if sign == "📣" else line


def delivery(line: Line, channel: str) -> tuple[str, str]:
    """How the delivery of a line of ours stands: in a word (done, wait, bad) and a sentence.

    Nothing is said where nothing can go wrong: what lies in our own mailbox was picked up.
    """
    if line.author is Author.PERSON or (line.state is Delivery.SENT and channel == WEB):
        return "", ""
    why = reason(line.error or "")
    told = {
        Delivery.SENT: ("done", DELIVERED.get(line.provider_status or "", "terkirim")),
        Delivery.HELD: ("held", HELD_REASONS.get(line.error or "", HELD)),
        Delivery.FAILED_PERMANENTLY: ("bad", f"TIDAK SAMPAI: {why}."),
        Delivery.FAILED_TEMPORARILY: ("wait", f"{TRYING} ({why})" if line.error else TRYING),
        Delivery.UNCERTAIN: ("wait", UNSURE),
    }
    return told.get(line.state, ("wait", UNDER_WAY))


def size(count: int) -> str:
    """Bytes as people say them: 340 kB, 2,1 MB."""
    if count < 1000:
        return f"{count} B"
    if count < 1_000_000:
        return f"{round(count / 1000)} kB"
    return f"{count / 1_000_000:.1f} MB".replace(".", ",")
