"""The words of the auditor's findings: English for whoever runs the box, Indonesian for staff."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    "no_next_step": (
        "{about} has no next step: nobody is paged, talks to the person or planned anything",
        "{about} tidak punya langkah berikutnya: tidak ada yang dipanggil dan tidak ada rencana.",
    ),
    "step_overdue": (
        "the next step of {about} is {minutes} minutes overdue",
        "Langkah berikutnya untuk {about} terlambat {minutes} menit.",
    ),
    "nobody_answers": (
        "nobody has taken {about} in {minutes} minutes of paging",
        "{about} sudah {minutes} menit dipanggilkan, belum ada yang menangani.",
    ),
    "stuck": (
        "{count} rows of kind {about} wait, the oldest for {minutes} minutes",
        "{count} antrean ({about}) macet, yang terlama {minutes} menit.",
    ),
    "lease_lost": (
        "{count} rows of kind {about} belong to a process that is gone, and nobody took them up",
        "{count} pekerjaan ({about}) ditinggal program yang mati dan belum diteruskan.",
    ),
    "worker_stopped": (
        "no worker runs (last seen {minutes} minutes ago): nothing is answered, nobody is paged",
        "Program pekerja berhenti sejak {minutes} menit: tidak ada jawaban dan panggilan yang keluar.",
    ),
    "loop_stopped": (
        "the loop {about} of the worker stands still for {minutes} minutes",
        "Bagian {about} dari program pekerja diam sejak {minutes} menit.",
    ),
    "clock_jumped": (
        "the clock of this machine jumped by {seconds} seconds",
        "Jam mesin ini meloncat {seconds} detik.",
    ),
    "clock_differs": (
        "the clock of the database is {seconds} seconds off ours",
        "Jam basis data berbeda {seconds} detik dari jam mesin ini.",
    ),
    "future_rows": (
        "rows were written {minutes} minutes in the future: the clock was set back",
        "Ada data bertanggal {minutes} menit di depan: jam mesin pernah dimundurkan.",
    ),
    "disk_low": (
        "only {free} MB are free for the data",
        "Ruang simpan tinggal {free} MB.",
    ),
    "disk_full": (
        "only {free} MB are free for the data: soon nothing can be stored",
        "Ruang simpan hampir habis ({free} MB): sebentar lagi pesan tidak bisa disimpan.",
    ),
    "unwritable": (
        "nothing can be written to the database ({why})",
        "Basis data tidak bisa ditulisi ({why}).",
    ),
    "database_down": (
        "the database does not answer ({why})",
        "Basis data tidak menjawab ({why}).",
    ),
    "provider_fails": (
        "{failed} of {tried} calls through {about} failed in the last quarter of an hour",
        "{failed} dari {tried} kiriman lewat {about} gagal dalam 15 menit terakhir.",
    ),
    "callbacks_stopped": (
        "{about} tells nothing about {count} messages: its callbacks do not arrive",
        "Tidak ada kabar dari {about} tentang {count} kiriman: laporannya tidak sampai ke sini.",
    ),
    "webhook_broken": (
        "Telegram cannot bring {count} updates to our webhook",
        "Telegram tidak bisa mengantar {count} pesan ke sini.",
    ),
    "telegram_down": (
        "Telegram has not answered for {minutes} minutes",
        "Telegram tidak menjawab sejak {minutes} menit.",
    ),
    "unreadable": (
        "{count} rows cannot be decrypted: a key is missing",
        "{count} data tidak bisa dibaca: ada kunci yang hilang.",
    ),
    "quarantine_grows": (
        "{count} requests were refused at the webhooks within an hour",
        "{count} permintaan ditolak di pintu dalam satu jam.",
    ),
    "canary_failed": (
        "the hourly test report failed ({why})",
        "Laporan uji tiap jam gagal ({why}).",
    ),
    "canary_late": (
        "the last good test report is {minutes} minutes old",
        "Laporan uji terakhir yang berhasil sudah {minutes} menit lalu.",
    ),
    "watchman_stopped": (
        "the watchman does not run: nobody would notice a failure",
        "Program penjaga tidak jalan: gangguan tidak akan ketahuan.",
    ),
    "heartbeat_late": (
        "HEARTBEAT_URL has not taken a ping for {minutes} minutes",
        "HEARTBEAT_URL tidak bisa dihubungi sejak {minutes} menit.",
    ),
}

# The same for the line of an alarm that stands for hours: {count} cases, or {what} it is about.
TITLES: dict[str, str] = {
    "no_next_step": "{count} kasus tanpa langkah berikutnya",
    "step_overdue": "langkah berikutnya untuk {count} kasus terlambat",
    "nobody_answers": "{count} kasus lama dipanggilkan, belum ada yang menangani",
    "stuck": "antrean macet: {what}",
    "lease_lost": "pekerjaan ditinggal program yang mati: {what}",
    "worker_stopped": "program pekerja berhenti; jawaban dan panggilan tidak keluar",
    "loop_stopped": "bagian program pekerja diam: {what}",
    "clock_jumped": "jam mesin meloncat",
    "clock_differs": "jam basis data tidak sama dengan jam mesin",
    "future_rows": "ada data dari masa depan; jam pernah dimundurkan",
    "disk_low": "ruang simpan menipis",
    "disk_full": "ruang simpan hampir habis",
    "unwritable": "basis data tidak bisa ditulisi",
    "database_down": "basis data tidak menjawab",
    "provider_fails": "kiriman gagal terus lewat {what}",
    "callbacks_stopped": "laporan kiriman tidak datang dari {what}",
    "webhook_broken": "Telegram tidak bisa mengantar pesan ke sini",
    "telegram_down": "Telegram tidak menjawab",
    "unreadable": "ada data yang tidak bisa dibaca; kuncinya hilang",
    "quarantine_grows": "banyak permintaan ditolak di pintu",
    "canary_failed": "laporan uji gagal",
    "canary_late": "laporan uji terlambat",
    "watchman_stopped": "program penjaga tidak jalan",
    "heartbeat_late": "tanda hidup ke luar tidak terkirim",
}
