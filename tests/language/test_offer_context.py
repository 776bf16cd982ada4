"""Each rule by which words that fit a pattern are no fact about the offer, one by one."""

import pytest

from bot.language.chats import Chat
from bot.language.offers import check_offer
from bot.language.reading import read


def codes(text: str) -> set[str]:
    """All flags and signals of a text."""
    check = check_offer(text)
    return {found.code for found in (*check.flags, *check.signals)}


@pytest.mark.parametrize(
    ("rule", "code", "said", "taken_back"),
    [
        ("not before", "non_work_visa", "Pakai visa turis.", "Bukan pakai visa turis."),
        (
            "not before, some words between",
            "passport_withheld",
            "Pihak kami menahan paspor peserta.",
            "Pihak kami tidak akan pernah menahan paspor peserta.",
        ),
        (
            "not behind",
            "salary_deduction_debt",
            "Potong gaji 6 bulan ada di sini.",
            "Potong gaji 6 bulan sudah tidak ada di sini.",
        ),
        (
            "not in a regional language",
            "upfront_fee",
            "Kudu mbayar 5 juta dhisik.",
            "Ora kudu mbayar 5 juta dhisik.",
        ),
        (
            "a question word",
            "upfront_fee",
            "Harus bayar 5 juta dulu sebelum berangkat.",
            "Apakah harus bayar 5 juta dulu sebelum berangkat?",
        ),
        (
            "a short question",
            "non_work_visa",
            "Lowongannya ke Taiwan. Visanya visa turis.",
            "Lowongannya ke Taiwan. Visanya visa turis?",
        ),
        (
            "a question in general",
            "middle_east_domestic_ban",
            "Tetangga ditawari kerja rumah tangga di Oman.",
            "Apa kerja rumah tangga di Oman masih ditutup?",
        ),
        (
            "a warning before",
            "personal_account_transfer",
            "Silakan transfer ke rekening pribadi petugas.",
            "Waspada bila diminta transfer ke rekening pribadi petugas.",
        ),
        (
            "a warning over a list",
            "non_work_visa",
            "Fasilitas:\n- mess\n- visa turis",
            "Ciri penipuan:\n- uang muka\n- visa turis",
        ),
        (
            "called a lie behind",
            "upfront_fee",
            "Jalur cepat bayar 15 juta lewat kami.",
            "Jalur cepat bayar 15 juta itu penipuan.",
        ),
        (
            "turned down",
            "upfront_fee",
            "Yang satu minta 15 juta di muka.",
            "Yang satu minta 15 juta di muka, sudah kutolak.",
        ),
        (
            "a fear",
            "passport_withheld",
            "Sampai sana paspor ditahan agen.",
            "Aku takut nanti paspor ditahan agen.",
        ),
        (
            "hearsay of neighbours",
            "isolation_control",
            "Agennya bilang nanti dikurung di mess.",
            "Tetangga bilang pasti dikurung di mess.",
        ),
        (
            "a past beside a new offer",
            "wages_withheld",
            "Tahun lalu saya ikut calo, gaji tidak dibayar.",
            "Tahun lalu saya ikut calo, gaji tidak dibayar. Sekarang ada tawaran lewat PT berizin.",
        ),
        (
            "somebody else's past beside a new offer",
            "passport_withheld",
            "Dulu kakak kena tipu, paspornya ditahan majikan.",
            "Dulu kakak kena tipu, paspornya ditahan majikan. Sekarang saya daftar lewat Disnaker.",
        ),
        (
            "a list below a question that warns",
            "passport_withheld",
            "Yang kami atur:\n- paspor dikumpulkan agen",
            "Kapan Anda harus curiga?\n- paspor dikumpulkan agen",
        ),
        (
            "a lawful fee with a receipt",
            "upfront_fee",
            "Biaya medical 900 ribu dibayar ke petugas lapangan.",
            "Biaya medical 900 ribu dibayar di kasir klinik, ada kuitansi.",
        ),
        (
            "a lawful fee to the account of a company",
            "personal_account_transfer",
            "Transfer ke rekening atas nama Sulastri.",
            "Transfer ke rekening atas nama PT Maju Bersama.",
        ),
        (
            "lawful deductions",
            "salary_deduction_debt",
            "Gaji dipotong 2.500 tiap bulan selama 8 bulan.",
            "Gaji dipotong 2.500 tiap bulan untuk asrama dan asuransi.",
        ),
        (
            "papers in one's own hand",
            "passport_withheld",
            "Paspor dipegang agen selama kontrak.",
            "Paspor dipegang sendiri selama kontrak.",
        ),
        (
            "papers that are shown",
            "passport_withheld",
            "Ijazah asli dititipkan di kantor.",
            "Ijazah asli dibawa ke kantor, hanya dicocokkan lalu dibawa pulang.",
        ),
        (
            "an honest answer",
            "instructed_to_lie",
            "Kalau ditanya petugas imigrasi jawab mau liburan.",
            "Kalau ditanya petugas imigrasi jawab jujur saja.",
        ),
    ],
)
def test_rule(rule: str, code: str, said: str, taken_back: str) -> None:
    """The same words with and without what takes them back."""
    assert code in codes(said), rule
    assert code not in codes(taken_back), rule


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Tetangga saya ditawari pakai visa turis.", "non_work_visa"),
        ("Kata ibu, agennya minta 10 juta di muka.", "upfront_fee"),
        ("Disuruh pakai visa turis, wajar ga kak?", "non_work_visa"),
        ("Belum punya buku pelaut? Tenang, kami bantu urus.", "seafarer_unlicensed"),
        ("Tahun lalu saya berangkat, paspor ditahan agen sampai sekarang.", "passport_withheld"),
        (
            "Bayar 5 juta ke rekening pribadi petugas, katanya ada kuitansi.",
            "upfront_fee",
        ),
    ],
)
def test_a_story_a_doubt_and_a_rhetorical_question_still_count(text: str, code: str) -> None:
    """Told by or of others, wondered about, or asked only to be answered: it is a fact."""
    assert code in codes(text)


CHAT = "Saya: harus bayar dulu kak?\nAdmin: {}\nSaya: visanya turis ya?\nAdmin: {}"


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("tidak ada biaya", "bukan, visa kerja", set()),
        ("iya 5 juta", "iya turis dulu", {"upfront_fee", "non_work_visa"}),
        ("gampang itu", "nanti diurus", set()),
    ],
)
def test_in_a_chat_the_asker_tells_only_what_is_confirmed(
    first: str, second: str, expected: set[str]
) -> None:
    """A question is no fact until the other side says yes to it."""
    found = codes(CHAT.format(first, second)) & {"upfront_fee", "non_work_visa"}
    assert found == expected


def test_a_chat_needs_two_sides() -> None:
    """Labels of an advertisement are no speakers."""
    advert = read("Posisi: admin\nGaji: 15 juta\nSyarat: bisa mengetik")
    assert not any(Chat(advert).is_askers(number) for number in range(len(advert.sentences)))
    chat = read("[08:12] Saya: bayar?\n[08:13] Pak Jun: nanti")
    assert Chat(chat).is_askers(1)
    assert not Chat(chat).is_askers(len(chat.sentences) - 1)


def test_of_two_named_people_the_one_who_asks_is_the_asker() -> None:
    """Chats come with names, not with "saya"."""
    lines = "Yanti: bayar 5 juta dulu?\nPak Jun: tidak\nYanti: visanya turis?\nPak Jun: bukan"
    assert codes(lines) & {"upfront_fee", "non_work_visa"} == set()
