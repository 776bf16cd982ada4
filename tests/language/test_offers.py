"""What counts as a red flag in an offer, what does not, and what the check makes of it."""

import pickle
import re
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

from bot.language.flags import catalogue, flag_patterns, is_fresh
from bot.language.judging import judge
from bot.language.offers import check_offer
from bot.language.reading import read
from bot.language.second_opinion import TRUST
from bot.language.types import OfferCheck, Severity, Verdict

TEXTS: dict[str, dict[str, list[str]]] = yaml.safe_load(
    (Path(__file__).parent / "offer_texts.yml").read_text(encoding="utf-8")
)
RED = sorted(flag_patterns().red)
GOOD = sorted(catalogue().keys() - flag_patterns().red)


def codes(check: OfferCheck) -> set[str]:
    """All flags and signals of a check."""
    return {found.code for found in (*check.flags, *check.signals)}


def examples(kind: str) -> list[tuple[str, str]]:
    """Every code with each of its texts of one kind."""
    return [(code, text) for code, texts in TEXTS.items() for text in texts[kind]]


@pytest.mark.parametrize(("code", "text"), examples("raises"))
def test_text_raises_the_flag(code: str, text: str) -> None:
    """People and recruiters say the same thing in many ways; each of them is seen."""
    assert code in codes(check_offer(text))


@pytest.mark.parametrize(("code", "text"), examples("silent"))
def test_text_does_not_raise_the_flag(code: str, text: str) -> None:
    """Negations, questions, warnings and harmless look-alikes raise nothing."""
    assert code not in codes(check_offer(text))


def test_the_model_is_trusted_more_to_doubt_the_more_good_signs_there_are() -> None:
    """Who names papers is more likely honest: words count as a flag later, and are doubted sooner."""
    for fewer, more in pairwise(TRUST):
        assert fewer.unheard <= more.unheard
        assert fewer.doubted <= more.doubted
        assert fewer.heard <= more.heard
    assert all(each.unheard <= each.doubted for each in TRUST)


def test_every_code_has_enough_texts() -> None:
    """Three ways to say each flag, two for each good signal, and a look-alike for all."""
    assert TEXTS.keys() == catalogue().keys()
    for code, texts in TEXTS.items():
        assert len(texts["raises"]) >= (3 if code in RED else 2), code
        assert texts["silent"], code


def test_catalogue_holds_all_codes() -> None:
    """Thirty flags, ten good signals."""
    assert len(RED) == 30
    assert len(GOOD) == 10
    assert all(code.startswith("pos_") for code in GOOD)
    assert all(catalogue()[code].severity is Severity.INFO for code in GOOD)
    assert all(catalogue()[code].severity is not Severity.INFO for code in RED)


@pytest.mark.parametrize("code", sorted(catalogue()))
def test_words_of_the_catalogue_are_fit_for_people(code: str) -> None:
    """One sentence each, sourced, dated, never "aman", never a penalty figure, no cold "Anda"."""
    entry = catalogue()[code]
    assert entry.source
    assert entry.checked_on >= date(2026, 11, 21)
    for words in (entry.title, entry.reason, entry.advice):
        assert "aman" not in words.lower().replace(".", " ").replace(",", " ").split()
        assert "Anda" not in words
    assert not re.search(r"\b\d", entry.reason)
    assert entry.reason.endswith(".")
    assert len(entry.reason) < 170


@pytest.mark.parametrize(
    "text",
    [
        "Tidak dipungut biaya, bukan visa turis, tanpa potongan gaji",
        "Apakah harus bayar? perlu transfer dulu ga?",
        "Jangan percaya calo, hati-hati visa turis",
        "Tidak ada denda, paspor tidak ditahan, tidak lewat jalur tikus",
        "Ciri penipuan:\n- minta uang muka 5 juta\n- visa turis\n- paspor ditahan",
        "Kami tidak pernah meminta transfer ke rekening pribadi",
        "Bagaimana cara cek visa kerja yang benar?",
    ],
)
def test_context_takes_flags_back(text: str) -> None:
    """What is denied, asked or warned of is no fact about the offer."""
    assert check_offer(text).flags == ()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Tetangga saya disuruh bayar 12 juta ke sponsor", "upfront_fee"),
        ("Teman cerita paspornya ditahan bos di sana", "passport_withheld"),
        ("disuruh pakai visa turis, wajar ga kak?", "non_work_visa"),
        ("katanya potong gaji 7 bulan. apakah benar begitu?", "salary_deduction_debt"),
        ("tanpa medical, terbang besok", "skip_training_medical"),
        ("bukan hoax, cukup bayar 3 juta dulu", "upfront_fee"),
    ],
)
def test_stories_and_doubts_still_count(text: str, code: str) -> None:
    """A story about others is a fact of the offer, and doubt at the end does not undo it."""
    assert code in codes(check_offer(text))


def test_tourist_visa_with_office_work_in_a_scam_country_is_critical() -> None:
    """However kindly it is worded, this combination is the worst."""
    check = check_offer(
        "Kerja admin di Kamboja, fasilitas lengkap, makan ditanggung, visa turis dulu ya"
    )
    assert check.verdict is Verdict.CRITICAL
    assert {"non_work_visa", "non_placement_country", "scam_compound_job"} <= codes(check)


def test_household_ban_needs_job_and_country() -> None:
    """The ban is on households in certain countries, neither on the work nor on the country."""
    code = "middle_east_domestic_ban"
    assert code in codes(check_offer("Butuh ART. Penempatan Oman"))
    assert code not in codes(check_offer("Butuh ART. Penempatan Taiwan"))
    assert code not in codes(check_offer("Butuh barista. Penempatan Oman"))


def test_free_alone_is_no_flag() -> None:
    """An employer who pays is the rule of the law, not a bait."""
    assert check_offer("Proses gratis").flags == ()


def test_a_company_account_with_receipt_is_no_flag() -> None:
    """An itemised fee to the account of a company is asked about, not flagged."""
    text = "bayar 1,2 juta untuk paspor ke rekening PT, ada rincian dan kuitansi resmi"
    assert not {"upfront_fee", "personal_account_transfer"} & codes(check_offer(text))


OFFICIAL = [
    """LOWONGAN RESMI PENATA LAKSANA RUMAH TANGGA HONG KONG
PT Bintang Timur Sejahtera, SIP3MI 45/2020
SIP2MI ada, kuota 12 orang, gaji HK$ 4.990
Syarat: perempuan 23-40 tahun, sehat, izin keluarga
Proses: daftar di Disnaker, medical, pelatihan BLK 3 bulan, OPP
Biaya penempatan ditanggung majikan, tidak ada potongan
Paspor dan kontrak dipegang sendiri
Kantor: Jl. Ahmad Yani 17, Kediri""",
    """Info Disnaker: seleksi G to G Korea dibuka bulan depan lewat SISKOP2MI.
Biaya ujian 28 dolar dibayar ke bank dengan kode bayar.
Tidak ada perantara. Jangan percaya orang yang menjanjikan kelulusan.""",
    """SSW perawat lansia Jepang, visa kerja tokutei ginou.
Gaji 200.000 yen, kontrak dijelaskan dan ditandatangani sebelum berangkat.
PT Harapan Baru, SIP3MI 12/2019, alamat Jl. Kartini 3 Semarang.
Bukan magang, bukan visa pelajar.""",
]


@pytest.mark.parametrize("text", OFFICIAL)
def test_official_advertisements_raise_nothing(text: str) -> None:
    """False alarms would teach people to ignore the check."""
    assert check_offer(text).flags == ()


def test_an_official_advertisement_is_known_well_enough() -> None:
    """With four facts and no flag the verdict says that nothing was seen; it never says more."""
    check = check_offer(OFFICIAL[2])
    assert check.verdict is Verdict.NO_RED_FLAG_SEEN
    assert {"country", "job", "visa", "agency", "contract"} <= check.facts.keys()


@pytest.mark.parametrize(
    ("flags", "signals", "known", "verdict", "reasons"),
    [
        ("", "", "", Verdict.NOT_ENOUGH_KNOWN, "few_facts"),
        ("", "", "country job visa", Verdict.NOT_ENOUGH_KNOWN, "few_facts"),
        ("", "", "agency employer country job", Verdict.NOT_ENOUGH_KNOWN, "few_facts"),
        ("", "", "salary phone account country", Verdict.NOT_ENOUGH_KNOWN, "few_facts"),
        ("", "", "country job visa fee", Verdict.NO_RED_FLAG_SEEN, "nothing_seen"),
        ("", "", "country job employer departure", Verdict.NO_RED_FLAG_SEEN, "nothing_seen"),
        ("urgency_pressure", "", "", Verdict.CAUTION, "caution_flag:urgency_pressure"),
        (
            "urgency_pressure no_requirements",
            "",
            "",
            Verdict.SERIOUS,
            "caution_sum:no_requirements caution_sum:urgency_pressure",
        ),
        (
            "urgency_pressure no_requirements",
            "pos_work_visa",
            "",
            Verdict.CAUTION,
            "caution_flag:no_requirements caution_flag:urgency_pressure",
        ),
        (
            "unrealistic_salary no_requirements",
            "pos_work_visa",
            "",
            Verdict.SERIOUS,
            "much_for_little",
        ),
        (
            "document_harvest personal_contact_only",
            "pos_bpjs",
            "",
            Verdict.SERIOUS,
            "papers_in_private",
        ),
        ("free_everything_bait vague_employer", "pos_bpjs", "", Verdict.SERIOUS, "gift_in_private"),
        ("vague_employer unrealistic_salary", "pos_bpjs", "", Verdict.SERIOUS, "nothing_named"),
        (
            "upfront_fee",
            "pos_licensed_p3mi pos_bpjs",
            "",
            Verdict.SERIOUS,
            "serious_flag:upfront_fee",
        ),
        (
            "salary_deduction_debt wages_withheld seafarer_unlicensed",
            "",
            "",
            Verdict.CRITICAL,
            "held_by_debt",
        ),
        (
            "upfront_fee urgency_pressure non_work_visa",
            "",
            "",
            Verdict.CRITICAL,
            "critical_flag:non_work_visa",
        ),
    ],
)
def test_verdict(flags: str, signals: str, known: str, verdict: Verdict, reasons: str) -> None:
    """The first rule that holds decides, and says so."""
    judgement = judge(flags.split(), signals.split(), dict.fromkeys(known.split(), "x"))
    assert judgement.verdict is verdict
    assert judgement.reasons == tuple(reasons.split())


def test_office_work_in_a_hub_is_critical_by_the_facts_alone() -> None:
    """However a recruiter words it, the country and the work decide."""
    judgement = judge([], ["pos_work_visa"], {"country": "kamboja", "job": "admin daring"})
    assert judgement.verdict is Verdict.CRITICAL
    assert judgement.reasons == ("office_work_in_a_hub",)


def test_good_signs_do_not_lower_a_serious_flag() -> None:
    """An honest name is easily borrowed."""
    for code in RED:
        alone, beside = judge([code], [], {}), judge([code], GOOD, {})
        assert alone == beside, code


def test_what_may_change_is_fresh_for_so_many_days() -> None:
    """The ban in the Middle East is told as it stands for thirty days after it was checked."""
    ban = catalogue()["middle_east_domestic_ban"]
    assert ban.valid_days == 30
    assert is_fresh(ban, ban.checked_on)
    assert is_fresh(ban, ban.checked_on + timedelta(days=30))
    assert not is_fresh(ban, ban.checked_on + timedelta(days=31))
    assert catalogue()["non_placement_country"].valid_days
    assert is_fresh(catalogue()["upfront_fee"], date(2099, 1, 1))


@pytest.mark.parametrize("code", sorted(catalogue()))
def test_every_explanation_is_two_plain_sentences(code: str) -> None:
    """Why it matters and what happened to others or what the law asks; no sum, no penalty."""
    explanation = catalogue()[code].explanation
    assert len(re.findall(r"[.!?](?:\s|$)", explanation)) == 2
    assert not re.search(r"\b(aman|Anda|pidana|penjara|denda)\b|Rp", explanation)
    assert 120 < len(explanation) < 340


def test_missing_names_what_to_ask_first() -> None:
    """The visa is asked first, what is known is not asked again."""
    assert check_offer("halo").missing == (
        "visa",
        "fee",
        "contract",
        "agency",
        "country",
        "job",
        "departure",
    )
    assert "country" not in check_offer("kerja di Taiwan").missing


@pytest.mark.parametrize(
    "text",
    [
        "kak, tf 5jt ke rek\u200b pribadi ya 🙏 VISAAA turis dl, paspor dipegang boss!!",
        "\u202eKerja \u202cadmin judol di 🇰🇭 gaji 20jt\x00 tanpa ijazah",
        "𝗚𝗮𝗷𝗶 𝟮𝟱 𝗷𝘂𝘁𝗮 admin slot kamboja",  # noqa: RUF001 fancy letters are what is tested
    ],
)
def test_evidence_is_cut_from_the_original(text: str) -> None:
    """What is shown as evidence stands in the text exactly so, even between hidden characters."""
    check = check_offer(text)
    assert check.flags
    for found in (*check.flags, *check.signals):
        assert found.evidence == text[found.start : found.end]
        assert found.evidence.strip()


def test_flags_come_heaviest_first_and_once() -> None:
    """The reader meets the worst first."""
    check = check_offer("buruan kak, bayar 3 juta dulu, bayar 5 juta lagi, visa turis, buruan")
    assert [found.code for found in check.flags] == [
        "non_work_visa",
        "upfront_fee",
        "urgency_pressure",
    ]


@pytest.mark.parametrize(
    "rubbish", ["", " ", "\x00", "?", "...", "\ud83d", "😀" * 5000, "$#%~ {x}"]
)
def test_rubbish_is_not_enough_known(rubbish: str) -> None:
    """Nothing to read gives no flag and no error."""
    check = check_offer(rubbish)
    assert check.verdict is Verdict.NOT_ENOUGH_KNOWN
    assert check.flags == ()


def test_a_flood_of_emojis_leaves_no_words_to_judge() -> None:
    """Symbols are no words, so a flood of them costs nothing after the first pass."""
    assert read("😀" * 5000).words == ()


def test_a_long_text_is_read_to_its_end() -> None:
    """A flag behind twenty thousand characters is still seen."""
    text = "kerja di kebun teh. " * 1500 + "paspor ditahan majikan"
    assert "passport_withheld" in codes(check_offer(text))


def test_what_people_write_is_not_remembered() -> None:
    """Names of people among the words of a text leave nothing behind in the patterns."""
    patterns = flag_patterns().patterns
    check_offer("pemanasan kerja di Malaysia")
    before = pickle.dumps(sorted(vars(patterns)["_letters"].items()))
    check_offer("Suparmi binti Karto dari Kepanjen mau kerja di Malaysia lewat Bu Wagiyem")
    assert pickle.dumps(sorted(vars(patterns)["_letters"].items())) == before
    assert "wagiyem" not in vars(patterns)["_letters"]


def test_a_link_that_plays_an_office_is_a_flag() -> None:
    """Its words are the evidence; the office's own address is none."""
    played = "daftar PMI resmi di https://bp2mi-go.id-daftar.com/pmi isi data dulu"
    found = {flag.code: flag.evidence for flag in check_offer(played).flags}
    assert found["institution_impersonation"] in played
    own = "daftar sendiri di https://siskop2mi.bp2mi.go.id/publik/daftar"
    assert [flag.code for flag in check_offer(own).flags] == []


@pytest.mark.parametrize("opening", ["ada yg ngajak", "ada yang nawarin", "ada orang menawari"])
def test_who_is_offered_work_tells_of_themselves(opening: str) -> None:
    """So begin most questions about an offer; it is no hearsay and no warning."""
    found = check_offer(f"{opening} kerja pabrik di taiwan, berangkat pakai visa turis")
    assert found.facts["country"] == "taiwan"
    assert [flag.code for flag in found.flags] == ["non_work_visa"]
