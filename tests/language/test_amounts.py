"""What an amount of money in an offer is for."""

import pytest

from bot.language.amounts import Role, amounts_of
from bot.language.offers import check_offer
from bot.language.reading import read


def roles(text: str) -> list[Role]:
    """The roles of the amounts of a text, in its order."""
    return [amount.role for amount in amounts_of(read(text))]


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("gaji 5 juta", Role.PAY),
        ("RM1.700 pokok + OT", Role.PAY),
        ("13jt bersih + mess", Role.PAY),
        ("HK$ 4.990/bln", Role.PAY),
        ("sebulan 1500 riyal", Role.PAY),
        ("bayar 5 juta dulu", Role.FEE),
        ("20 jt sekarang buat work permit", Role.FEE),
        ("administrasina 9,5 juta", Role.FEE),
        ("65jt, muka 20 dulu", Role.FEE),
        ("kalau mundur ganti 25 juta", Role.PENALTY),
        ("mau pulang harus tebus 70 juta", Role.PENALTY),
        ("turun sebelum 8 bulan bayar 10 juta", Role.PENALTY),
        ("kurang target dipotong 500 ringgit", Role.PENALTY),
        ("ongkos 6 juta ditalangin dulu", Role.DEBT),
        ("potongan NT$ 9.000 per bulan", Role.DEBT),
        ("bapak dikasih 8 juta di depan", Role.GIFT),
        ("uang saku 6 juta langsung ke keluarga", Role.GIFT),
        ("fee keluarga 12 juta cash", Role.GIFT),
        ("mahar 25 juta kontan buat ibu", Role.GIFT),
    ],
)
def test_role(text: str, role: Role) -> None:
    """The words near an amount tell what it is for."""
    assert roles(text) == [role]


def test_each_amount_has_its_own_words() -> None:
    """What is said of one amount is not said of the next."""
    assert roles("gaji 9 juta, bayar 4 juta dulu. Kalau kabur denda 20 juta") == [
        Role.PAY,
        Role.FEE,
        Role.PENALTY,
    ]


@pytest.mark.parametrize(
    ("text", "far"),
    [
        ("Buruh pabrik Taiwan gaji NT$ 29.500", False),
        ("Buruh pabrik Taiwan gaji NT$ 55.000 bersih", True),
        ("ART Malaysia gaji 4 juta", False),
        ("ART Malaysia gaji 12 juta", True),
        ("Admin Kamboja 900 usd + bonus", True),
        ("Waiter kapal pesiar gaji USD 900", False),
        ("Petik buah 3 juta sehari", True),
        ("target mencapai US$ 200.000 setahun", False),
    ],
)
def test_pay_that_is_too_good(text: str, far: bool) -> None:
    """Judged by currency, by what is asked for it, and by the day as by the month."""
    assert ("unrealistic_salary" in {flag.code for flag in check_offer(text).flags}) is far
