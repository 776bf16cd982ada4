"""What is picked out of an offer, and where exactly it stands."""

import pytest

from bot.language.facts import find_facts, household_ban
from bot.language.money import Money, parse_money
from bot.language.offers import check_offer
from bot.language.types import Entity


def found(text: str, name: str) -> list[Entity]:
    """All entities of one name."""
    return [entity for entity in find_facts(text) if entity.entity == name]


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("kerja di Kamboja", "country", "kamboja"),
        ("lokasi Phnom Penh", "country", "kamboja"),
        ("loker 🇰🇭", "country", "kamboja"),
        ("penempatan Abu Dhabi", "country", "uni emirat arab"),
        ("mau ke hk", "country", "hongkong"),
        ("golden triangle bos", "country", "laos"),
        ("lagi di phnompenh kak", "country", "kamboja"),
        ("kerja di pnom penh", "country", "kamboja"),
        ("bandar seri begawan", "country", "brunei"),
        ("ke johor baru", "country", "malaysia"),
        ("dibawa ke kk park", "country", "myanmar"),
        ("ke hcmc katanya", "country", "vietnam"),
        ("abudhabi", "country", "uni emirat arab"),
        ("saya di kuwait", "country", "kuwait"),
        ("bavet", "country", "kamboja"),
        ("myawaddy", "country", "myanmar"),
        ("sy di KL skrg", "country", "malaysia"),
        ("mau ke kl", "country", "malaysia"),
        ("jadi ART di Johor", "job", "asisten rumah tangga"),
        ("Penata Laksana Rumah Tangga, asisten rumah tangga", "job", "asisten rumah tangga"),
        ("njaga nenek di Taiwan", "job", "perawat lansia"),
        ("dibutuhkan caregiver", "job", "perawat lansia"),
        ("kerja admin slot", "job", "admin daring"),
        ("abk kapal cumi", "job", "awak kapal"),
        ("pake visa pelancong", "visa", "turis"),
        ("visa umroh dulu", "visa", "ziarah atau umrah"),
        ("calling visa sudah keluar", "visa", "kerja"),
        ("visa kerja SSW", "visa", "kerja"),
        ("kontrak nyusul", "contract", "menyusul"),
        ("tidak ada kontrak", "contract", "tidak ada"),
        ("kontrak 2 tahun", "contract", "ada"),
        ("kontrak ada", "contract", "ada"),
        ("ada kontraknya kok", "contract", "ada"),
        ("kontraknya belum ada", "contract", "tidak ada"),
        ("Tidak dipungut biaya", "fee", "Tidak dipungut biaya"),
        ("tanpa biaya", "fee", "tanpa biaya"),
        ("biayanya nol rupiah", "fee", "biayanya nol"),
        ("biaya Rp0", "fee", "biaya Rp0"),
        ("gratis semua biaya", "fee", "gratis semua biaya"),
        ("tiket & visa ditanggung", "fee", "tiket & visa ditanggung"),
        ("tiketna ditanggung sorangan, biaya sendiri", "fee", "ditanggung sendiri"),
        ("visa sama tiket dibayar sendiri", "fee", "ditanggung sendiri"),
        ("katanya gratis semua biaya, tapi bayar 3 juta", "fee", "3 juta"),
        ("mayar 5 juta heula", "fee", "5 juta"),
        ("bayarna 10 juta", "fee", "10 juta"),
        ("lewat PT", "agency", "lewat PT"),
        ("daftarnya lewat G to G", "agency", "G to G"),
        ("gaji 12jt per bulan", "salary", "12jt"),
        ("gajinya RM 1.700", "salary", "RM 1.700"),
        ("HK$ 4.990/bln", "salary", "HK$ 4.990"),
        ("gaji 15-25jt", "salary", "15-25jt"),
        ("biaya Rp 35.000.000", "fee", "Rp 35.000.000"),
        ("diminta bayar 5 juta", "fee", "5 juta"),
        ("lewat PT Citra Karya Utama di Malang", "agency", "PT Citra Karya Utama"),
        ("PT. SUMBER REJEKI SIP3MI 12/2020", "agency", "PT. SUMBER REJEKI"),
        ("ikut sponsor", "agency", "sponsor"),
        ("majikan Mrs Lim", "employer", "majikan Mrs Lim"),
        ("berangkat besok", "departure", "berangkat besok"),
        ("terbang minggu depan", "departure", "terbang minggu depan"),
        ("berangkat tgl 12", "departure", "berangkat tgl 12"),
        ("hub 0812-0000-0000", "phone", "0812-0000-0000"),
        ("wa +62 812 0000 0000", "phone", "+62 812 0000 0000"),
        ("wa 0857-xxxx-9921", "phone", "0857-xxxx-9921"),
        ("rek BCA 0000000000", "account", "0000000000"),
        ("jadwal 12/01/2027", "date", "12/01/2027"),
        ("interview 3 Januari 2027", "date", "3 Januari 2027"),
    ],
)
def test_fact_is_found(text: str, name: str, value: str) -> None:
    """Each kind of fact is found as people write it."""
    assert [entity.value for entity in found(text, name)][:1] == [value]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("bukan visa turis", "visa"),
        ("bukan ke Kamboja", "country"),
        ("apakah tanpa biaya?", "fee"),
        ("tidak gratis semua biaya", "fee"),
        ("kontrak ada ga", "contract"),
        ("lewat pt apa ya", "agency"),
        ("tidak lewat PT", "employer"),
        ("kami disetrum kl ga capai target", "country"),
        ("KL mau pulang gimana", "country"),
        ("sudah sampai sini kak, kl bisa tolong", "country"),
        ("orang batam", "country"),
        ("saya di bekasi", "country"),
        ("pelabuhan nunukan", "country"),
        ("umur 20-35 tahun", "salary"),
        ("kuota 40 orang", "salary"),
        ("kontrak 2 tahun", "date"),
        ("siapa yang harus saya hubungi", "job"),
        ("harus kemana", "country"),
        ("kalau mau pulang", "country"),
        ("jangan percaya calo", "agency"),
        ("gaji 12.000.000", "phone"),
        ("SIP3MI 119/2020", "phone"),
    ],
)
def test_look_alike_is_no_fact(text: str, name: str) -> None:
    """What is denied, or only looks like a fact, is left alone."""
    assert found(text, name) == []


@pytest.mark.parametrize(
    "text",
    [
        "kak, loker 🇹🇼 jd ART gaji NT$ 20rb, tf 3jt ke BRI 000000000000 berangkat bsk",
        "\u200bPT Maju\u200b Jaya kirim ke T a i w a n\x00 visa   turis",
    ],
)
def test_places_are_exact(text: str) -> None:
    """Start and end cut the very words out of the original, and entities come in its order."""
    entities = find_facts(text)
    assert entities
    assert [entity.start for entity in entities] == sorted(entity.start for entity in entities)
    for entity in entities:
        assert 0 <= entity.start < entity.end <= len(text)
        assert text[entity.start : entity.end].strip()


def test_pay_and_fee_are_told_apart_in_one_sentence() -> None:
    """The nearest word decides what an amount is."""
    facts = check_offer("gaji 9 juta tapi bayar 4 juta dulu").facts
    assert facts["salary"] == "9 juta"
    assert facts["fee"] == "4 juta"


@pytest.mark.parametrize(
    ("plain", "money"),
    [
        ("15-25 juta", Money("rupiah", 25_000_000)),
        ("rp 35.000.000", Money("rupiah", 35_000_000)),
        ("rp 6.000.000,00", Money("rupiah", 6_000_000)),
        ("1,5 juta", Money("rupiah", 1_500_000)),
        ("nt$ 29 ribu", Money("nt", 29_000)),
        ("ringgit 1.700", Money("ringgit", 1_700)),
        ("hongkong$ 4.990", Money("hkd", 4_990)),
        ("$1,150", Money("usd", 1_150)),
        ("900 dolar", Money("usd", 900)),
        ("¥185.000", Money("yen", 185_000)),
        ("banyak", None),
    ],
)
def test_amounts_are_read(plain: str, money: Money | None) -> None:
    """Thousands, fractions, ranges and currencies are told apart."""
    assert parse_money(plain) == money


def test_the_ban_names_its_countries() -> None:
    """Nineteen countries of the ban, and the name of the region for all of them."""
    assert len(household_ban() - {"timur tengah"}) == 19
