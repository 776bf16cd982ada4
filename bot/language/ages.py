"""Finds the age of a child to be recruited: "umur 16", "yang belum 17", "15 tahun mau diajak kerja"."""

from __future__ import annotations

from collections.abc import Iterator

from bot.language.matching import Match
from bot.language.reading import NUMBER, Reading, stems_of

_ADULT = 18
_YOUNGEST_TO_WORK = 11
_AGE_BEFORE = stems_of("umur berumur usia belum masih baru umurnya genap")
_CHILD_BEFORE = stems_of("anak adik keponakan ponakan cucu sepupu gadis")
_OWN_AGE = frozenset({"umurku", "usiaku"})
_LEAST_BEFORE = stems_of("minimal min mulai minimum")
_WORK = stems_of(
    "ditawarin lulus kerja bekerja diajak boleh ikut bisa berangkat diberangkatkan ditawari ditawarin dijanjikan dijanjiin "
    "jaga ktp mau direkrut diterima masuk dituakan dituain dicari cari dibutuhkan butuh up"
)
_WELCOME = stems_of("oke ok boleh bisa masuk up juga diterima")
_YOUNGEST_IN_SPANS = 17
_OTHER_UNITS = frozenset(
    ["jam", "bulan", "hari", "minggu", "orang", "kali", "kilo", "juta", "ribu", "menit", "slot"]
)
_NO_AGE = stems_of("sip3mi siuppak izin nomor no pasal jl jam tanggal")
"""Words before a figure that counts something else."""
_NO_AGE_OF_A_WORKER = frozenset({"kontrak", "pengalaman", "selama", "sudah"})
_CLOSE = 2
_NEAR_WORK = 20


def child_ages(reading: Reading, *, abroad: bool, offered: bool) -> Iterator[Match]:
    """Words that give an age from 11 to 17 as that of a worker.

    The span of an advertisement ("17-45 tahun") is none, unless it begins below 17. A lowest age ("minimal 17 tahun") counts
    only where the work is `abroad`: at home it can be lawful. Who says "umur saya 16" in a text
    that has an offer anywhere (`offered`) is its worker.
    """
    offered = offered or not _WORK.isdisjoint(reading.stems)
    for index, word in enumerate(reading.words):
        if word.stem != NUMBER or not word.text.isdigit():
            continue
        age = int(word.text)
        if not _YOUNGEST_TO_WORK <= age < _ADULT:
            continue
        if age == _YOUNGEST_IN_SPANS and _opens_a_span(reading, index):
            continue
        start = _start_of_age(reading, index, abroad=abroad, offered=offered)
        if start is not None:
            yield Match("underage_recruit", start, index + 1)


def _start_of_age(reading: Reading, index: int, *, abroad: bool, offered: bool) -> int | None:
    """Where the mention of the age begins, or None if the figure is no worker's age."""
    sentence = reading.sentence_at(index)
    first = max(sentence.start, index - _CLOSE)
    before = [word.stem for word in reading.words[first:index]]
    after = [word.stem for word in reading.words[index + 1 : min(index + 2, sentence.end)]]
    if (
        _OTHER_UNITS & set(after)
        or _NO_AGE & set(before)
        or (_LEAST_BEFORE & set(before) and not abroad)
    ):
        return None
    said_as_age = bool(_AGE_BEFORE & set(before))
    of_a_child = bool(_CHILD_BEFORE & set(before))
    units = [word.stem for word in reading.words[index + 1 : min(index + 4, sentence.end)]]
    welcome = before[-1:] == ["yang"] and bool(_WELCOME & set(after))
    in_years = _in_years(units) and not _NO_AGE_OF_A_WORKER & set(before)
    if not (said_as_age or of_a_child or welcome or in_years):
        return None
    is_span = in_years and units[0] == NUMBER
    own = offered and said_as_age and _is_own(reading, index)
    if not (own or (abroad and (said_as_age or is_span)) or _is_near_work(reading, index)):
        return None
    if said_as_age or of_a_child:
        cues = _AGE_BEFORE | _CHILD_BEFORE
        return next(first + offset for offset, stem in enumerate(before) if stem in cues)
    return index


def _is_near_work(reading: Reading, index: int) -> bool:
    """Whether a word of work stands around a figure in its sentence."""
    sentence = reading.sentence_at(index)
    first, last = max(sentence.start, index - _NEAR_WORK), min(sentence.end, index + _NEAR_WORK)
    return any(word.stem in _WORK for word in reading.words[first:last])


def _in_years(behind: list[str]) -> bool:
    """Whether the figure, or the span that it opens, is followed by the unit."""
    return behind[:1] == ["tahun"] or (behind[:1] == [NUMBER] and "tahun" in behind[1:2])


def _is_own(reading: Reading, index: int) -> bool:
    """Whether the writer's own age: "umur saya 16", "umurku 16", "saya baru 16"; not "adik saya umur 16"."""
    sentence = reading.sentence_at(index)
    for at in range(max(sentence.start, index - _CLOSE), index):
        word = reading.words[at]
        if word.text in _OWN_AGE:
            return True
        if word.text == "saya":
            opens = at == sentence.start or word.after_pause
            return opens or reading.words[at - 1].stem in _AGE_BEFORE
    return False


def _opens_a_span(reading: Reading, index: int) -> bool:
    """Whether a second age follows: "17 - 45", "17 tahun sampai 40 tahun"."""
    sentence = reading.sentence_at(index)
    near = reading.words[index + 1 : min(index + 4, sentence.end)]
    return any(
        word.stem == NUMBER and word.text.isdigit() and int(word.text) > _ADULT for word in near
    )
