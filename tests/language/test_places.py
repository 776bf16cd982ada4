"""Which country a text means."""

from __future__ import annotations

import pytest

from bot.domain.contacts import load_contacts
from bot.language.places import OTHER, countries_in, country_asked, country_keys, country_of
from bot.settings import ROOT

WRITTEN = {
    "malaysia": """
        Malaysia
        malaysia
        mlysia
        Malay
        malasia
        malesia
        malayasia
        malaysya
        msia
        kerja di KL
        ke kl
        Kuala Lumpur
        johor
        Johor Bahru
        JB itu gimana
        penang
        pulau pinang
        sabah
        sarawak
        serawak
        kuching
        tawau
        sandakan
        lahad datu
        selangor
        shah alam
        negeri jiran
        kota kinabalu
        ipoh
        calling visa
    """,
    "singapore": """
        Singapura
        singapore
        singapur
        spore
        sgp
        singapor
        sinagpura
        singapura?
        jurong
        changi
    """,
    "brunei": """
        brunei
        Brunai
        brunei darusalam
        bandar seri begawan
        brunei?
    """,
    "hong_kong": """
        Hong Kong
        hongkong
        hk
        HK
        hkg
        hongkng
        hongkonk
        mongkok
        yuen long
        kowloon
        causeway bay
    """,
    "taiwan": """
        Taiwan
        taiwn
        twn
        taipei
        Taipe
        taichung
        kaohsiung
        kaoshiung
        tainan
        taoyuan
        hsinchu
        formosa
        keelung
    """,
    "korea": """
        Korea
        korsel
        Korea Selatan
        seoul
        busan
        ansan
        incheon
        eps topik
        visa E9
        negeri ginseng
    """,
    "japan": """
        Jepang
        jepng
        japan
        jpn
        tokyo
        osaka
        nagoya
        ibaraki
        hokkaido
        ssw
        tokutei ginou
        kenshusei
        kaigo
        IM Japan
    """,
    "saudi": """
        Arab Saudi
        saudi
        arab
        arap saudi
        riyadh
        riyad
        jeddah
        jedah
        mekkah
        mekah
        madinah
        dammam
        tabuk
        KSA
        visa umroh
    """,
    "emirates": """
        Dubai
        dubay
        Abu Dhabi
        abudhabi
        abu dabi
        uni emirat arab
        UEA
        uae
        sharjah
        emirat
    """,
    "qatar": """
        Qatar
        katar
        doha
    """,
    "kuwait": """
        Kuwait
        kuwet
        kuweit
        kuwaitt
    """,
    "oman": """
        Oman
        muscat
        muskat
    """,
    "bahrain": """
        Bahrain
        bahrein
        manama
    """,
    "cambodia": """
        Kamboja
        kemboja
        cambodia
        kmboja
        kamboj
        phnom penh
        pnom penh
        sihanoukville
        poipet
        bavet
        kampot
        siem reap
        kamobja
    """,
    "myanmar": """
        Myanmar
        mianmar
        burma
        yangon
        myawaddy
        miawadi
        kk park
        shwe kokko
        myanmarr
    """,
    "laos": """
        Laos
        vientiane
        bokeo
        golden triangle
        segitiga emas
    """,
    "thailand": """
        Thailand
        thai
        tailand
        bangkok
        mae sot
        pattaya
        hat yai
        chiang mai
        thailnd
    """,
    "philippines": """
        Filipina
        philipina
        pilipina
        filipin
        manila
        pogo
        cebu
        filpina
    """,
    "vietnam": """
        Vietnam
        vietnm
        hanoi
        ho chi minh
        viet nam
    """,
    "germany": """
        Jerman
        german
        germany
        berlin
        frankfurt
        ferienjob
        ausbildung
        jermann
    """,
    "poland": """
        Polandia
        poland
        warsawa
        krakow
        polandya
        polan
    """,
    "turkey": """
        Turki
        turkey
        turkiye
        istanbul
        ankara
        antalya
    """,
    "other": """
        Australia
        australi
        aussie
        kanada
        selandia baru
        makau
        yordania
        rumania
        hungaria
        papua nugini
        inggris
        china
    """,
}
"""What people type, a line each, by the country that they mean."""

SPELLINGS = [
    (key, text.strip()) for key, texts in WRITTEN.items() for text in texts.strip().splitlines()
]


def test_the_table_is_large_enough() -> None:
    """A hundred and fifty spellings over all countries that answers know, and others."""
    assert len(set(SPELLINGS)) >= 150
    assert WRITTEN.keys() == country_keys() - {"middle_east"}


@pytest.mark.parametrize(("key", "text"), SPELLINGS)
def test_a_country_is_found_however_it_is_written(key: str, text: str) -> None:
    """Cities, nicknames, short forms and slips of the finger."""
    found = country_asked(text)
    assert found is not None
    assert found.key == key


@pytest.mark.parametrize(
    "text",
    [
        "kl gaji kurang gimana",
        "KALAU KL GAJINYA KURANG",
        "bukan malaysia",
        "kampung saya di Madura",
        "arisan di rumah Bu RT",
        "dijaga di jermal",
        "daftar di Batam",
        "berapa biayanya",
        "topik obrolan di kampung",
        "",
    ],
)
def test_no_country_is_read_into_a_text(text: str) -> None:
    """Words that only look like one, and one that is said not to be meant."""
    assert country_asked(text) is None


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("saya di malaysia, mau pindah ke brunei", "brunei"),
        ("mantan TKI Hongkong pengen ke Polandia", "poland"),
        ("taiwan sama korea bagus mana", "taiwan"),
        ("bukan Kamboja tapi Thailand", "thailand"),
        ("kerja di Emirat Arab", "emirates"),
        ("magang kaigo di Korea", "korea"),
    ],
)
def test_of_several_the_one_is_meant_where_somebody_wants_to_go(text: str, key: str) -> None:
    """Where nobody wants to go anywhere the first is meant, and a name before a mere hint."""
    found = country_asked(text)
    assert found is not None
    assert found.key == key


def test_a_name_of_two_words_is_one_country() -> None:
    """The second word of "Emirat Arab" names no second country."""
    assert [fact.value for fact in countries_in("loker Emirat Arab")] == ["uni emirat arab"]


def test_a_region_is_no_single_country() -> None:
    """Who asks about the Middle East asks about all of it."""
    found = country_asked("kerja di timur tengah")
    assert found is not None
    assert (found.key, found.code, found.title) == ("middle_east", None, "Timur Tengah")


def test_a_country_that_nobody_listed_still_has_a_name() -> None:
    """It is answered as one that we know nothing of."""
    found = country_of("selandia baru")
    assert (found.key, found.code, found.title) == (OTHER, None, "Selandia Baru")


def test_every_country_of_the_directory_can_be_named() -> None:
    """No number is out of reach because its country has another code here."""
    contacts = load_contacts(ROOT / "data" / "directory" / "contacts.yml")
    names = ["indonesia", "kamboja", "malaysia", "singapura", "hongkong", "taiwan"]
    assert {contact.country for contact in contacts} <= {country_of(name).code for name in names}
