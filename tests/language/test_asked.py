"""Questions about a flag or a good signal name it in few words."""

from __future__ import annotations

import pytest

from bot.language.asked import named_in
from bot.language.flags import catalogue
from bot.language.matching import load


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("kenapa visa turis bahaya?", "non_work_visa"),
        ("emang knp klo pake visa umroh", "non_work_visa"),
        ("apa itu potong gaji", "salary_deduction_debt"),
        ("kenapa kamboja ga boleh", "non_placement_country"),
        ("kenapa lewat calo dilarang", "no_licensed_agency"),
        ("kenapa ga boleh bayar dulu", "upfront_fee"),
        ("apa bahayanya transfer ke rekening pribadi", "personal_account_transfer"),
        ("kenapa paspor ditahan itu bahaya", "passport_withheld"),
        ("maksudnya tanpa kontrak bahaya apa", "no_written_contract"),
        ("kok kerja admin bahaya", "scam_compound_job"),
        ("kenapa disuruh bohong ke imigrasi itu tanda bahaya", "instructed_to_lie"),
        ("kenapa kalo serba gratis malah curiga", "free_everything_bait"),
        ("apa itu sip3mi", "pos_licensed_p3mi"),
        ("apa gunanya bpjs", "pos_bpjs"),
        ("kenapa ya", None),
    ],
)
def test_the_sign_is_named(text: str, code: str | None) -> None:
    """Short names, chat spelling included."""
    assert named_in(text) == code


def test_what_was_told_comes_first() -> None:
    """A word that fits several signs means the one of the last verdict."""
    assert named_in("kenapa kontrak penting", ["pos_contract_before"]) == "pos_contract_before"


def test_every_sign_can_be_asked_about() -> None:
    """No flag and no good signal is without a name."""
    assert set(load("asked")) == set(catalogue())
