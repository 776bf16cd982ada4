"""What staff read instead of codes: Indonesian words, moments and ages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.console import dates, message_words, register_words
from bot.domain.agencies import LIST_STALE, Outcome
from bot.domain.audit_words import TITLES
from bot.domain.cases import CaseKind, CloseReason, LogEntry, LogKind
from bot.domain.handover import Missing
from bot.domain.messages import Author
from bot.domain.office import Office
from bot.language.flags import catalogue
from bot.language.types import Urgency, Verdict
from bot.services.care_given import Silence
from bot.services.caring import CaredHow
from bot.services.next_steps import OVERDUE, OVERDUE_RAISED
from bot.services.offers_seen import HOT_SPOT
from bot.services.watchman import WATCH

URGENCIES = {
    Urgency.EMERGENCY: "DARURAT",
    Urgency.URGENT: "Mendesak",
    Urgency.CONCERN: "Perlu tindak lanjut",
    Urgency.NONE: "Biasa",
}
KINDS = {
    CaseKind.DANGER: "Orang dalam bahaya",
    CaseKind.SELF_HARM: "Ingin mengakhiri hidup",
    CaseKind.MISSING_RELATIVE: "Keluarga hilang kontak",
    CaseKind.LABOUR_ABUSE: "Masalah kerja",
    CaseKind.RECRUITER: "Laporan perekrut",
    CaseKind.MONEY_LOST: "Uang hilang",
    CaseKind.RETURN_HOME: "Minta dipulangkan",
    CaseKind.JOB_OFFER: "Tawaran kerja berbahaya",
    CaseKind.HUMAN_REQUEST: "Minta bicara dengan petugas",
    CaseKind.PRIVACY: "Data pribadi",
    CaseKind.MESSAGE: "Pesan untuk didengar atau dilihat",
    CaseKind.CANARY: "Laporan uji",
    CaseKind.OUTAGE: "Gangguan layanan",
    CaseKind.DRILL: "Latihan panggilan",
}
CLOSE_REASONS = {
    CloseReason.HELPED: "Sudah tertolong",
    CloseReason.REFERRED: "Dirujuk ke lembaga lain",
    CloseReason.NO_DANGER: "Ternyata tidak ada bahaya",
    CloseReason.DUPLICATE: "Sama dengan kasus lain",
    CloseReason.NO_CONTACT: "Tidak bisa dihubungi lagi",
    CloseReason.PRACTICE: "Hanya latihan",
}
SILENCES = {
    Silence.PHONE_WATCHED: "HP-nya mungkin dilihat orang lain",
    Silence.ASKED_SILENCE: "Dia minta kami diam",
    Silence.AGREED_TIME: "Menunggu waktu yang dia minta",
    Silence.NO_WAY: "Belum ada cara yang tidak membahayakan",
    Silence.WAITS_ADVICE: "Menunggu pendapat penyelia",
}
CARE = {
    CaredHow.SAFE_CONTACT: "Sudah terhubung dengan orangnya",
    CaredHow.REFERRAL: "Dirujuk ke",
    CaredHow.SILENCE_REASON: "Belum menghubungi karena",
}
STEPS = {
    OVERDUE: "Waktunya lewat; petugasnya dipanggil",
    OVERDUE_RAISED: "Waktunya lewat dan belum ada kabar; penyelia dipanggil",
}
LOG_KINDS = {
    LogKind.OPENED: "Kasus dibuka",
    LogKind.URGENCY_RAISED: "Tingkat dinaikkan",
    LogKind.SIGNALS: "Tanda baru",
    LogKind.FACTS: "Keterangan dari pengirim",
    LogKind.PERSON_SAID: "Pesan dari pengirim",
    LogKind.PAGED: "Petugas dipanggil",
    LogKind.PAGE_DELIVERED: "Panggilan terkirim",
    LogKind.PAGE_FAILED: "Panggilan gagal",
    LogKind.REPLY_FAILED: "Jawaban tidak sampai",
    LogKind.NO_ONE_ON_CALL: "Tidak ada yang bertugas",
    LogKind.POLICY_EXHAUSTED: "Semua sudah dipanggil, belum ada jawaban",
    LogKind.ACKNOWLEDGED: "Ditangani",
    LogKind.LAPSED: "Belum ada tindakan, jadi dilepas",
    LogKind.TAKEN_OVER: "Percakapan diambil alih",
    LogKind.HANDED_BACK: "Dikembalikan ke bot",
    LogKind.DEPARTURE: "Keberangkatan",
    LogKind.HOT_SPOT: "Titik rawan",
    LogKind.CARE: "Tindakan",
    LogKind.NEXT_STEP: "Langkah berikutnya",
    LogKind.THREATENED: "Petugas diancam",
    LogKind.NOTE: "Catatan",
    LogKind.CLOSE_ASKED: "Minta kasus ditutup",
    LogKind.CLOSE_DROPPED: "Permintaan menutup batal",
    LogKind.CLOSED: "Kasus ditutup",
    LogKind.REOPENED: "Kasus dibuka lagi",
}
CODES: dict[str, str] = {
    "held": "dikurung",
    "guarded": "dijaga",
    "beaten": "dipukul",
    "death_threat": "diancam dibunuh",
    "threatened": "diancam",
    "ransom": "dimintai tebusan",
    "sexual_violence": "kekerasan seksual",
    "sold_or_moved": "dijual atau dipindahkan",
    "child_at_risk": "anak dalam bahaya",
    "self_harm": "ingin mengakhiri hidup",
    "forced_scam": "dipaksa menipu",
    "escaped_hiding": "kabur dan bersembunyi",
    "medical_emergency": "gawat medis",
    "starved": "tidak diberi makan",
    "asks_for_help_now": "minta tolong sekarang",
    "departure_48h": "berangkat dalam 48 jam",
    "departure_this_week_with_flags": "berangkat minggu ini",
    "departure_unnoticed": "tanggal berangkat sudah lewat sebelum ada yang tahu",
    "look_at_offer": "lihat tawarannya sebelum berangkat: minggu ini, tanda bahayanya ringan",
    "ask_departure_date": "tanya kapan berangkat: belum dijawab",
    "ask_departed": "tanggalnya sudah lewat: sudah berangkat atau belum?",
    "departed": "sudah berangkat",
    "not_departing": "tidak jadi berangkat",
    "passport_withheld": "paspor ditahan",
    "phone_taken": "HP diambil",
    "under_force": "dipaksa",
    "stranded": "terlantar",
    "missing_in_scam_country": "hilang di negara rawan",
    "death_repatriation": "pemulangan jenazah",
    "severe_illness": "sakit parah",
    "money_lost": "uang hilang",
    "documents_sent": "dokumen terkirim",
    "wages_unpaid": "gaji tidak dibayar",
    "missing_long": "lama hilang kontak",
    "recruiter_active": "perekrut masih aktif",
    "assistant": "dari tanya jawab dengan bot",
    "danger_question": "menjawab ya: ada yang dalam bahaya",
    "danger_question_unanswered": "ditanya soal bahaya, dua menit belum menjawab",
    "turn_failed": "Bot gagal menjawab satu pesan",
    Outcome.LISTED: "ada di daftar",
    Outcome.LISTED_BUT_EXPIRED: "ada di daftar, izin lewat masa berlaku",
    Outcome.SUSPENDED: "izin dihentikan sementara",
    Outcome.REVOKED: "izin dicabut",
    Outcome.LOOK_ALIKE: "mirip dengan nama di daftar, tidak sama",
    Outcome.SEVERAL: "beberapa nama di daftar mungkin dimaksud",
    Outcome.NUMBER_OF_ANOTHER: "nomor izin bukan milik nama itu",
    Outcome.NOT_LISTED: "tidak ada di daftar yang dimuat",
    LIST_STALE: "daftarnya lebih dari 30 hari",
    "later": "lebih dari seminggu lagi",
    "within_48h": "dua hari ini",
    "this_week": "minggu ini",
    Verdict.NOT_ENOUGH_KNOWN: "belum cukup informasi",
    Verdict.NO_RED_FLAG_SEEN: "belum ada tanda yang dikenali",
    Verdict.CAUTION: "perlu hati-hati",
    Verdict.SERIOUS: "tanda bahaya serius",
    Verdict.CRITICAL: "tanda bahaya berat",
    **{urgency.value: word for urgency, word in URGENCIES.items()},
    **{reason.value: word for reason, word in CLOSE_REASONS.items()},
}
ACTORS = {"person": "Pengirim", "bot": "Bot", "system": "Sistem"}
SPEAKERS = {Author.PERSON: "Pengirim", Author.BOT: "Bot", Author.HUMAN: "Petugas"}
FIELDS = {
    "name": "Nama",
    "country": "Negara",
    "city": "Kota",
    "job": "Pekerjaan",
    "salary": "Gaji",
    "fee": "Biaya",
    "visa": "Visa",
    "agency": "Perusahaan penempatan",
    "agency_outcome": "Nama perusahaan di daftar",
    "employer": "Majikan",
    "contract": "Kontrak",
    "departure": "Berangkat",
    "departure_date": "Tanggal berangkat",
    "phone": "Telepon",
    "account": "Rekening",
    "date": "Tanggal",
    "danger": "Bahaya",
    "story": "Cerita",
    "detail": "Rincian",
    "recruiter": "Perekrut",
    "last_contact": "Kontak terakhir",
    "location": "Lokasi",
    "safe_contact": "Cara menghubungi yang tidak membahayakan",
    "verdict": "Hasil pemeriksaan tawaran",
    "flags": "Tanda bahaya",
    "erasure": "Minta data dihapus sejak",
    "feedback": "Masukan",
    "note": "Tambahan",
}
# {count} cases, or {what} was affected; the sentence is about all standing alarms of a kind.
ALARMS = {
    "no_one_on_call": "Tidak ada petugas bertugas saat {count} kasus darurat masuk.",
    "policy_exhausted": "Semua petugas sudah dipanggil untuk {count} kasus, belum ada jawaban.",
    "acknowledgement_lapsed": (
        "Belum ada tindakan di {count} kasus yang sudah dipegang. Petugas lain dipanggil."
    ),
    "handover_missing": (
        "{count} kasus belum diserahkan setengah jam sesudah jaga petugasnya selesai. Tentukan "
        "langkah berikutnya dan minta petugas jaga yang sekarang menerimanya."
    ),
    "page_failed": "Panggilan ke petugas lewat {what} gagal terkirim.",
    "case_unreadable": (
        "{count} kasus darurat tidak bisa dibaca karena kuncinya hilang: petugas tidak dipanggil. "
        "Periksa cadangan kunci."
    ),
    "holder_left": (
        "{count} kasus masih dipegang petugas yang akunnya sudah ditutup. Berikan ke petugas lain."
    ),
    "paging_stuck": (
        "Panggilan untuk {count} kasus terhenti karena kesalahan program. Lihat kasusnya dan "
        "hubungi petugas lain sendiri."
    ),
    "contact_unreadable": (
        "Ada kontak petugas yang tidak bisa dibaca ({what}), jadi tidak dipanggil lewat itu. "
        "Periksa cadangan kunci, atau daftarkan kontaknya lagi."
    ),
    "assistant_down": "Asisten bot mati. Kasus darurat tetap masuk; jawaban lain menunggu.",
    "turn_failed": "Bot gagal menjawab pesan. Orangnya sudah diberi tahu.",
    "reply_failed": "Jawaban tidak sampai lewat {what}. Lihat kasusnya; cari cara lain.",
    "reply_uncertain": "Tidak pasti apakah jawaban lewat {what} sampai. Lihat di kasusnya.",
    "window_closed": (
        "Ada jawaban yang tertahan lewat {what}: sudah lewat 24 jam, dan belum ada pesan "
        "pembuka yang disetujui."
    ),
    "file_failed": "{count} kiriman tidak bisa diambil. Orangnya sudah diberi tahu.",
    "file_late": "Kiriman lewat {what} belum bisa diambil; terus dicoba.",
    "hot_spot": "Titik rawan: {what}. Lihat apakah kasusnya perlu ditangani bersama.",
    "staff_threatened": (
        "Ada ancaman terhadap petugas di {count} kasus. Tanyakan dulu keadaannya; "
        "percakapannya bisa diberikan ke petugas lain."
    ),
    "telegram_webhook": "Telegram belum bisa mengantar pesan ke sini: {what}.",
    "telegram_polling": "Pesan Telegram belum bisa diambil: {what}.",
    **{f"{WATCH}{code}": f"Penjaga: {title}. Lihat Status." for code, title in TITLES.items()},
    "telegram_staff_webhook": "Jawaban petugas di Telegram belum bisa masuk: {what}.",
    "telegram_staff_polling": "Jawaban petugas di Telegram belum bisa diambil: {what}.",
}
# Alarms whose detail is a channel, with the reason after a colon when there is one.
CHANNEL_ALARMS = ("reply_failed", "reply_uncertain", "window_closed", "file_late")
# Alarms whose detail is a way to wake staff.
PAGING_ALARMS = ("page_failed", "watch_provider_fails")
# Alarms whose detail is a reason.
REASON_ALARMS = (
    "telegram_webhook",
    "telegram_polling",
    "telegram_staff_webhook",
    "telegram_staff_polling",
)
# What keeps a case with a member whose duty is over.
MISSING = {
    Missing.NO_STEP: "belum ada langkah berikutnya",
    Missing.OVERDUE: "waktu langkah berikutnya sudah lewat",
    Missing.NOT_ON_NEXT_SHIFT: "langkah berikutnya bukan milik petugas jaga berikutnya",
    Missing.NOT_ACCEPTED: "petugas jaga berikutnya belum menerima",
}
FILE_FAILED = "file_failed, "
LAST_WORDS = 60


def alarm_line(kind: str, details: Sequence[str]) -> str:
    """What went wrong, as one sentence about all standing alarms of a kind."""
    what = " dan ".join(_detail(kind, detail) for detail in dict.fromkeys(details))
    return ALARMS.get(kind, "Ada masalah: {kind}.").format(count=len(details), what=what, kind=kind)


def _detail(kind: str, detail: str) -> str:
    if kind in CHANNEL_ALARMS:
        return message_words.failure(detail)
    if kind in PAGING_ALARMS:
        return message_words.page_channel(detail)
    if kind == HOT_SPOT:
        return register_words.hot_spot(detail)
    return message_words.reason(detail) if kind in REASON_ALARMS else CODES.get(detail, detail)


def place(country: str) -> str:
    """A country as a name: the dialogue keeps it in small letters."""
    return shorten(country.title(), LAST_WORDS // 2)


def shorten(text: str, most: int = LAST_WORDS) -> str:
    """The beginning of a text in one line, for a list."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[:most].rstrip()}…"


def log_text(entry: LogEntry) -> str:
    """The text of a log entry with its codes in words; what people wrote stays as it is."""
    if entry.kind in (LogKind.CLOSE_ASKED, LogKind.CLOSED):
        code, _, text = entry.text.partition(" ")
        return ". ".join(part for part in (CODES.get(code, code), text) if part)
    if entry.kind is LogKind.FACTS:
        return "\n".join(_fact(line) for line in entry.text.split("\n"))
    if entry.kind is LogKind.NOTE and entry.text.startswith(FILE_FAILED):
        return message_words.lost_file(entry.text.removeprefix(FILE_FAILED))
    in_own_words = {
        LogKind.PAGED: message_words.page_channel,
        LogKind.PAGE_DELIVERED: message_words.page_channel,
        LogKind.ACKNOWLEDGED: message_words.page_channel,
        LogKind.CARE: _care,
        LogKind.NEXT_STEP: _step,
        LogKind.PERSON_SAID: message_words.kinds,
        LogKind.REPLY_FAILED: message_words.failure,
        LogKind.HOT_SPOT: register_words.hot_spot,
        LogKind.DEPARTURE: in_words,
    }.get(entry.kind)
    if in_own_words is not None:
        return in_own_words(entry.text)
    return in_words(entry.text) if entry.actor in ACTORS else entry.text


def _step(text: str) -> str:
    """What became of a next step; the words of staff stay as they are."""
    return STEPS.get(text, text)


def _care(text: str) -> str:
    """What was done, from `how text`, where a reason for silence is a code before its text."""
    how, _, told = text.partition(" ")
    what = CARE[CaredHow(how)]
    if how == CaredHow.SILENCE_REASON:
        code, _, told = told.partition(" ")
        what = f"{what}: {SILENCES[Silence(code)].lower()}"
    return f"{what}: {told}" if told else what


def _fact(line: str) -> str:
    """One line of what was told; a line that begins with no field is the person's own."""
    name, mark, value = line.partition(": ")
    return f"{FIELDS[name]}: {in_words(value)}" if mark and name in FIELDS else line


def in_words(text: str) -> str:
    """A code, or several with commas between them, in words; any other text as it is."""
    if dates.DAYS.fullmatch(text):
        return dates.days_in_words(text)
    parts = text.split(", ")
    told = [_word(part) for part in parts]
    return text if told == parts else "; ".join(told)


def _word(code: str) -> str:
    if code in CODES:
        return CODES[code]
    flag = catalogue().get(code)
    return code if flag is None else flag.title


def field_name(name: str) -> str:
    """The name of a case field for people."""
    return FIELDS.get(name, name.replace("_", " ").capitalize())


def actor_name(actor: str) -> str:
    """Who did something: staff stand with their label already."""
    return ACTORS.get(actor, actor)


def age(since: datetime, now: datetime) -> str:
    """How long ago, short enough for a narrow screen: 3 mnt, 5 jam, 2 hari."""
    minutes = int((now - since) / timedelta(minutes=1))
    if minutes < 1:
        return "baru saja"
    if minutes < 60:
        return f"{minutes} mnt"
    if minutes < 48 * 60:
        return f"{minutes // 60} jam"
    return f"{minutes // (24 * 60)} hari"


def moment(at: datetime, now: datetime, office: Office) -> str:
    """The time of today, the date and time of another day."""
    local = at.astimezone(office.timezone)
    time = office.local_time(at)
    if local.date() == office.today(now):
        return time
    return f"{local.day} {dates.MONTHS[local.month - 1]}, {time}"
