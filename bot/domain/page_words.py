"""What staff read and hear on the channels that wake them. No name, no place, no story."""

from __future__ import annotations

TAKE = "Saya pegang"
NEXT = "Orang berikutnya"
OPEN = "Buka konsol"

ONLY_PAGES = (
    "Bot ini hanya memanggil petugas. Pesan di sini tidak dibaca siapa pun; "
    "semua pekerjaan ada di konsol."
)
ONLY_CODES = "Nomor ini hanya untuk panggilan petugas. Balas dengan kode dari panggilannya saja."
LINKED = "Telegram ini sekarang tersambung. Panggilan untuk Anda akan masuk ke sini."
LINK_UNKNOWN = (
    "Kode sambungan ini sudah lewat atau tidak dikenal. Buat yang baru di konsol, menu Kontak saya."
)
CONFIRMED = "Kontak ini sudah terbukti milik Anda."

# Keys of a call.
KEY_TAKE, KEY_NEXT, KEY_AGAIN = "4", "5", "6"
CALL_KEYS = "Tekan 4 kalau Anda pegang. Tekan 5 untuk orang berikutnya. Tekan 6 untuk ulang."
CALL_WRONG_KEY = "Tombol itu tidak dipakai."
CALL_GOODBYE = "Belum ada jawaban. Orang berikutnya akan dipanggil."
CALL_NEVER_MIND = "Panggilan ini sudah selesai. Terima kasih."


def take(reference: str) -> str:
    """The button that takes one of several cases."""
    return f"{TAKE} {reference}"


def call_text(reference: str, *, urgent: bool, practice: bool, others: int = 0) -> str:
    """What a call says first."""
    mark = "Ini latihan. " if practice else ""
    kind = "Panggilan darurat" if urgent else "Panggilan"
    more = f" Masih ada {others} kasus lain, lihat konsol." if others else ""
    return (
        f"{mark}{kind} dari Tanya Dulu. Ada orang menunggu jawaban, kasus {spelled(reference)}."
        f"{more}"
    )


def spelled(reference: str) -> str:
    """A reference sign by sign, so that a voice reads it slowly."""
    return ", ".join(sign for sign in reference if sign.isalnum())


def subject(marked_reference: str, others: int = 0) -> str:
    """The subject of a page by e-mail: enough to see in the dark whether to get up."""
    more = f" dan {others} lagi" if others else ""
    return f"{marked_reference}{more}: ada orang menunggu jawaban"
