"""Chat spelling becomes plain words, and every plain word knows where it came from."""

# ruff: noqa: RUF001 - disguised letters are what is tested
import pytest

from bot.language.spelling import LONGEST_RUN, _spelling, normalise

PLAIN = [
    ("Sy GA bs plg, tlg bntu", "saya tidak bisa pulang, tolong bantu"),
    ("tolooooong kaaak", "tolong kak"),
    ("jgn2 ditipu", "jangan jangan ditipu"),
    ("orang2nya baek2", "orang orangnya baek baek"),
    ("diem2 aj dl", "diam diam saja dulu"),
    ("byr 5jt, 3x cicil", "bayar 5 juta, 3 kali cicil"),
    ("potgaj 7bln, 500k/minggu", "potong gaji 7 bulan, 500 ribu/minggu"),
    ("rm1500 atau 1500rm", "ringgit 1500 atau 1500 ringgit"),
    ("k0ntrak t1dak ada", "kontrak tidak ada"),
    ("v1s4 tur1s", "visa turis"),
    ("reknya mana? visany apa", "rekeningnya mana? visanya apa"),
    ("kulo mboten saged wangsul", "saya tidak bisa pulang"),
    ("abdi teu acan digajih", "saya tidak belum digajih"),
    ("ambo indak tau di ma", "saya tidak tahu di ma"),
    ("SIP3MI p3mi bp2mi JLPT N4", "sip3mi p3mi bp2mi jlpt n4"),
    ("program G to G", "program g2g"),
    ("K.A.M.B.O.J.A", "kamboja"),
    ("𝓥𝓲𝓼𝓪 𝙏𝙪𝙧𝙞𝙨", "visa turis"),
    ("Ｐａｓｐｏｒ", "paspor"),
    ("🅺🅴🆁🅹🅰 ⓛⓤⓐⓡ", "kerja luar"),
    ("kеrjа", "kerja"),
    ("kamb\u200bo\u2060ja\u202e\x00", "kamboja"),
    ("café résumé", "cafe resume"),
    ("1 lembar, 35.000.000 dan 1,5 juta", "1 lembar, 35.000.000 dan 1,5 juta"),
    ("besok ya\r\nlusa", "besok ya\n\nlusa"),
    ("www.contoh.id", "www.contoh.id"),
    ("bukunya hilang, ngaku bukan dia", "bukunya hilang, mengaku bukan dia"),
    ("kl ga kuat, ke kl aja", "kalau tidak kuat, ke kuala lumpur saja"),
    ("bs ke, kl bisa", "bisa ke, kalau bisa"),
    ("gbs klr, di dlm trs", "tidak bisa keluar, di dalam terus"),
    ("gblh kmn2, hpku dibw", "tidak boleh kemana kemana, handphone dibawa"),
    ("", ""),
]


@pytest.mark.parametrize(("typed", "plain"), PLAIN)
def test_typed_becomes_plain(typed: str, plain: str) -> None:
    """Short forms, regional words, doubled words, disguised and fancy letters become plain."""
    assert normalise(typed).text == plain


def test_country_flags_are_read_as_countries() -> None:
    """A flag emoji names the country that an advertisement leaves out of its words."""
    assert "kamboja" in normalise("loker 🇰🇭 gas").text.split()


def test_a_flood_of_country_flags_is_not_read_to_its_end() -> None:
    """What follows the flood is read all the same, at its own place."""
    found = normalise("🇰🇭" * 5000 + " bayar")
    assert found.text.split().count("kamboja") == 500
    assert found.text.endswith(" bayar")
    assert found.offsets[-6] == 10_001


@pytest.mark.parametrize(("typed", "_plain"), PLAIN)
def test_every_character_has_a_place_in_the_original(typed: str, _plain: str) -> None:
    """Offsets rise, stay inside the original and end with its length."""
    found = normalise(typed)
    assert len(found.offsets) == len(found.text) + 1
    assert list(found.offsets) == sorted(found.offsets)
    assert found.offsets[-1] == len(typed)


@pytest.mark.parametrize(
    ("typed", "plain", "original"),
    [
        ("kak, tf ke rek sy ya", "transfer ke rekening saya", "tf ke rek sy"),
        ("gaji 12jt/bln bersih", "12 juta", "12jt"),
        ("pake VISAAA turis aj", "visa turis", "VISAAA turis"),
        ("ke 🇰🇭 besok", "kamboja", "🇰🇭"),
        ("pas\u200bpor\u200b ditahan", "paspor", "pas\u200bpor"),
        ("gapapa kok", "apa apa", "gapapa"),
    ],
)
def test_plain_words_lead_back_to_what_was_typed(typed: str, plain: str, original: str) -> None:
    """A place in the plain text gives the exact substring of the original."""
    found = normalise(typed)
    start = found.text.index(plain)
    first, last = found.original_span(start, start + len(plain))
    assert typed[first:last] == original


@pytest.mark.parametrize("flood", ["😀" * 5000, "a" * 20000, "😀a" * 9000, "1" * 20000, "🇰" * 9000])
def test_no_run_stays_long(flood: str) -> None:
    """No tokenizer gets a run of more than forty characters, and a flood does not grow."""
    found = normalise(flood)
    assert max(map(len, found.text.split()), default=0) <= LONGEST_RUN
    assert len(found.text) <= len(flood) * 1.1


@pytest.mark.parametrize(
    "rubbish", ["\x00", "\ud83d", "\u202e\u202d", "🇰", "ﷺ", "z̴̢̛̪", "İ", "\u2028"]
)
def test_rubbish_never_raises(rubbish: str) -> None:
    """Half characters, control characters and stacked marks are taken without an error."""
    found = normalise(rubbish)
    assert found.offsets[-1] == len(rubbish)


def test_no_form_stands_under_two_words() -> None:
    """Each short form has one meaning, so the order of the file does not matter."""
    words = _spelling().words
    assert len(words) > 900
    assert all(words.get(plain, plain) == plain for plain in words.values() if " " not in plain)
