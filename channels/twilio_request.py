"""Twilio's webhooks: read whole and proved to be Twilio's before anything else."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import ImmutableMultiDict
from starlette.requests import Request
from twilio.request_validator import RequestValidator

from bot.bootstrap import App
from channels.inbound import refuse
from channels.requests import BadRequestError, read_webhook

SIGNATURE = "x-twilio-signature"
FORM = "application/x-www-form-urlencoded"
MOST_FIELDS = 500


async def read_form(app: App, request: Request, channel: str, path: str) -> Mapping[str, str]:
    """The parameters of a signed request; BadRequestError, and quarantine, for all others."""
    body = await read_webhook(app, request, channel)
    signature = request.headers.get(SIGNATURE, "")
    if not signature:
        raise await refusal(app, channel, "unsigned", body)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise await refusal(app, channel, "no_form", body, 400)
    try:
        pairs = read_pairs(body)
    except ValueError:
        raise await refusal(app, channel, "too_many_fields", body, 400) from None
    query = request.scope.get("query_string", b"").decode("latin-1")
    url = f"{app.settings.base_url}{path}" + (f"?{query}" if query else "")
    if not is_signed(app.settings.twilio_auth_token, url, pairs, signature):
        raise await refusal(app, channel, "bad_signature", body)
    return dict(pairs)


def raw(form: Mapping[str, str]) -> bytes:
    """The body of a request again, for the quarantine."""
    return urlencode(list(form.items())).encode()


def read_pairs(body: bytes) -> list[tuple[str, str]]:
    """Names and values as they are: blank ones kept, nothing trimmed. ValueError for too many."""
    return parse_qsl(
        body.decode("utf-8", "replace"),
        keep_blank_values=True,
        errors="replace",
        max_num_fields=MOST_FIELDS,
    )


def is_signed(
    tokens: tuple[str, ...], url: str, pairs: list[tuple[str, str]], signature: str
) -> bool:
    """Whether one of our tokens signed this.

    `url` is the address that Twilio was given, not the one that a proxy called; two tokens
    count while they are being changed.
    """
    parameters = ImmutableMultiDict(pairs)
    return any(RequestValidator(token).validate(url, parameters, signature) for token in tokens)


async def refusal(
    app: App, channel: str, reason: str, body: bytes, status: int = 403
) -> BadRequestError:
    """Put a request into quarantine; the error that answers it."""
    await refuse(app, channel, reason, body)
    return BadRequestError(status, reason.replace("_", " "))
