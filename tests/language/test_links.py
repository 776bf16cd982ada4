"""Links in an offer: found however they are written, told by their domain, never opened."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.language.links import LinkKind, link_findings
from bot.settings import ROOT

COMPANY = "PT Bina Karya Mandiri buka lowongan, daftar di "
TOLD = {
    LinkKind.GO_ID_LOOKALIKE: (
        "daftar di kp2mi-go.id.com ya",
        "https://bp2mi.goid.site/daftar",
        "kemnaker.g0.id",
        "kemnaker.go.id.daftar-pmi.xyz",
        "kemnaker dot goid dot com",
        "buka kemnaker . goid . com",
        "kemnakar.id",
        "siskop2mi.com",
        "sisk0p2mi-resmi.site/akun",
        "disnaker-malang.com",
        "kirim ke info@kp2mi.com",
        "https://kemnaker.go.id@loker.xyz/x",
        "k\u0435mnaker.com",  # a Cyrillic letter
        "http://xn--kmnaker-7gg.com",
    ),
    LinkKind.COMPANY_LOOKALIKE: (
        f"{COMPANY}b1nakaryamandiri.com",
        f"{COMPANY}binakarya-mandir.id",
        f"{COMPANY}ptbinakaryamandlri.xyz",
    ),
    LinkKind.DISGUISED: (
        "http://103.12.4.5/loker",
        "lok\u0435rkorea.com",  # a Cyrillic letter
        "https://bca.co.id@loker.xyz/x",
    ),
    LinkKind.APP_FILE: ("https://tes.xyz/Loker_Korea.apk", "unduh di drive.tes.com/f/loker.APK"),
    LinkKind.SHORTENER: (
        "bit.ly/lokerkr",
        "bit . ly / lokerkr",
        "https://s.id/lokerhk.",
        "linktr.ee/lokerhk",
        "klik hxxp://bit.ly/abc",
    ),
    LinkKind.FORM: ("forms(dot)gle/xyz", "https://docs.google.com/forms/d/e/1FAI/viewform"),
    LinkKind.FREE_HOST: (
        "lokerkorea.blogspot.com",
        "loker.netlify.app",
        "sites.google.com/view/loker",
        "loker.wixsite.com/korea",
    ),
    LinkKind.CHAT: ("wa.me/62800000000", "chat.whatsapp.com/AbC", "(t.me/lokerkamboja)"),
}
QUIET = (
    "cek di https://siskop2mi.bp2mi.go.id",
    "kemnaker dot go dot id",
    "https://jatim.kemnaker.go.id/berita?x=1",
    f"{COMPANY}binakaryamandiri.com",
    "instagram.com/kemnaker.ri",
    "https://www.detik.com/bp2mi-tertipu",
    "email hrd@gmail.com",
    "tidak bayar. Info lengkap di kantor",
    "gaji.Kami tunggu",
    "jam 10.30, gaji 5.000.000 per bulan",
    "berangkat tgl 3.dari jakarta",
    "dll.dsb.",
    "tes@",
    "...",
    "",
)


@pytest.mark.parametrize(
    ("text", "kind"), [(text, kind) for kind, texts in TOLD.items() for text in texts]
)
def test_a_link_is_told_by_its_domain(text: str, kind: LinkKind) -> None:
    """One finding, with the link as it stands in the text."""
    (found,) = link_findings(text)
    assert found.kind is kind
    assert text[found.start : found.end] == found.evidence
    assert found.evidence.strip(" .()") == found.evidence


@pytest.mark.parametrize("text", QUIET)
def test_offices_and_what_is_no_link_are_left_alone(text: str) -> None:
    """A real address under go.id, a known site, a full stop without a space."""
    assert link_findings(text) == ()


def test_each_link_of_a_text_is_told() -> None:
    """In the order in which they stand."""
    text = "Form: forms.gle/a\nWA: wa.me/62800000000\nResmi: bp2mi.goid.site"
    assert [each.kind for each in link_findings(text)] == [
        LinkKind.FORM,
        LinkKind.CHAT,
        LinkKind.GO_ID_LOOKALIKE,
    ]


def test_every_kind_has_its_words() -> None:
    """And no words speak of a kind that there is not."""
    path = ROOT / "data" / "responses" / "offer_links.yml"
    texts = yaml.safe_load(path.read_text("utf-8"))["responses"]
    assert set(texts) == {f"say_link_{kind.value}" for kind in LinkKind}


@given(st.text(alphabet="abgoid0.-@:/ ()xnhtps\u0435\n", max_size=200))
def test_no_text_breaks_it(text: str) -> None:
    """Whatever stands there, what is found is a part of it."""
    for found in link_findings(text):
        assert text[found.start : found.end] == found.evidence
        assert found.evidence
