"""Posts of other sites are refused."""

from __future__ import annotations

import pytest
from starlette.datastructures import Headers

from bot.console.csrf import is_own
from tests.console.conftest import PASSWORD, Office

PUBLIC = "https://hotline.example"


@pytest.mark.parametrize(
    ("headers", "own"),
    [
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "none"}, True),
        ({"sec-fetch-site": "same-site"}, False),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "cross-site", "origin": PUBLIC}, False),
        ({"sec-fetch-site": ""}, False),
        ({"origin": PUBLIC}, True),
        ({"origin": "http://10.0.0.7:8080", "host": "10.0.0.7:8080"}, True),
        ({"origin": "http://evil.example", "host": "10.0.0.7:8080"}, False),
        ({"origin": "http://hotline.example", "host": "10.0.0.7:8080"}, False),
        ({"origin": "https://hotline.example.evil.example"}, False),
        ({"origin": "null"}, False),
        ({"origin": ""}, False),
        ({}, False),
    ],
)
def test_where_a_post_comes_from(headers: dict[str, str], own: bool) -> None:
    """Only the console's own pages, and people acting on the browser itself, may post."""
    assert is_own(Headers(headers), PUBLIC + "/", "http") is own


def test_an_address_with_a_path_still_has_its_origin() -> None:
    """A base URL below a path compares by scheme and host."""
    assert is_own(Headers({"origin": PUBLIC}), PUBLIC + "/hotline", "http")


@pytest.mark.parametrize("headers", [{}, {"sec-fetch-site": "cross-site"}])
def test_a_foreign_post_does_nothing(office: Office, headers: dict[str, str]) -> None:
    """Another site cannot take over a case in the name of a member who is signed in."""
    visitor = office.signed_in("sari")
    case = office.emergency()
    path = f"/console/cases/{case.reference}/take-over"
    response = visitor.run(visitor.client.post(path, headers=headers))
    assert response.status_code == 403
    assert "tidak bisa dilakukan dari sini" in response.text
    assert not any("Petugas 1" in text for text in office.told("ani"))


def test_signing_in_needs_an_own_page_too(office: Office) -> None:
    """Nobody is signed in under a foreign account by another site."""
    office.hire("sari")
    visitor = office.visitor()
    response = visitor.run(
        visitor.client.post("/console/sign-in", data={"login": "sari", "password": PASSWORD})
    )
    assert response.status_code == 403
    assert not visitor.client.cookies
