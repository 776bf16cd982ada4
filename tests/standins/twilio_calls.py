"""The calls of Twilio's stand-in: rung, answered by people or machines, keys pressed."""

from __future__ import annotations

import re
import secrets
import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlsplit

VOICE_SENDER = "+62211000001"
PHONE = re.compile(r"\+[1-9]\d{6,14}")
CREATE = {
    *("To", "From", "Url", "Method", "Twiml", "Timeout", "MachineDetection"),
    *("MachineDetectionTimeout", "StatusCallback", "StatusCallbackEvent", "StatusCallbackMethod"),
}
LIST = {"To", "From", "Status", "StartTime>", "StartTime<", "PageSize", "Page", "PageToken"}
EVENTS = ("initiated", "ringing", "answered", "completed")
OVER = ("completed", "busy", "no-answer", "failed", "canceled")
MOST_VERBS = 30


@dataclass
class PhoneCall:
    """A call resource, and what was heard on the phone."""

    sid: str
    sender: str
    to: str
    created: datetime
    url: str = ""
    twiml: str = ""
    callback: str = ""
    events: tuple[str, ...] = ("completed",)
    detects: bool = False
    status: str = "queued"
    heard: list[str] = field(default_factory=list)

    def resource(self, account: str) -> dict[str, Any]:
        """As the API shows it."""
        at = format_datetime(self.created)
        return {
            "sid": self.sid,
            "account_sid": account,
            "api_version": "2010-04-01",
            "date_created": at,
            "date_updated": at,
            "start_time": None,
            "end_time": None,
            "direction": "outbound-api",
            "from": self.sender,
            "to": self.to,
            "status": self.status,
            "uri": f"/2010-04-01/Accounts/{account}/Calls/{self.sid}.json",
        }


class Calls:
    """The state of the calls; `Twilio` delivers what is posted."""

    def __init__(self, account: str, refused: type[Exception], deliver: Any) -> None:
        self.account = account
        self.made: list[PhoneCall] = []
        self._refused = refused
        self._deliver = deliver

    def create(self, params: Mapping[str, Any], events: Sequence[str], now: datetime) -> PhoneCall:
        """Somebody is to be called."""
        unknown = set(params) - CREATE
        if unknown:
            raise self._refused(400, 20001, f"Unknown parameters: {sorted(unknown)}")
        if not PHONE.fullmatch(params.get("To", "")):
            raise self._refused(400, 21211, "Invalid 'To' Phone Number")
        if params.get("From") != VOICE_SENDER:
            raise self._refused(400, 21210, "'From' phone number not verified")
        if bool(params.get("Url")) == bool(params.get("Twiml")):
            raise self._refused(400, 21205, "Url parameter is required")
        if not set(events) <= set(EVENTS):
            raise self._refused(400, 21626, "Invalid StatusCallbackEvents")
        if params.get("MachineDetection") not in (None, "Enable", "DetectMessageEnd"):
            raise self._refused(400, 20001, "Invalid MachineDetection")
        if params.get("Twiml"):
            ET.fromstring(params["Twiml"])  # noqa: S314  # our own
        call = PhoneCall(
            "CA" + secrets.token_hex(16),
            params["From"],
            params["To"],
            now,
            params.get("Url", ""),
            params.get("Twiml", ""),
            params.get("StatusCallback", ""),
            tuple(events) or ("completed",),
            detects="MachineDetection" in params,
        )
        self.made.append(call)
        return call

    def listed(self, params: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The calls to or from somebody, newest first."""
        unknown = set(params) - LIST
        if unknown:
            raise self._refused(400, 20001, f"Unknown parameters: {sorted(unknown)}")
        return [
            call.resource(self.account)
            for call in reversed(self.made)
            if params.get("To") in (None, call.to) and params.get("From") in (None, call.sender)
        ]

    def newest(self, to: str) -> PhoneCall:
        """The newest call to a phone."""
        return next(call for call in reversed(self.made) if call.to == to)

    def becomes(self, call: PhoneCall, status: str, **how: Any) -> list[list[Any]]:
        """The call goes on; reported as it was asked for."""
        call.status = status
        event = {"in-progress": "answered", **dict.fromkeys(OVER, "completed")}.get(status, status)
        if not call.callback or event not in call.events:
            return []
        return self._post(call, call.callback, {"CallStatus": status}, **how)

    def picked_up(
        self, call: PhoneCall, keys: Sequence[str], answered_by: str, *, hangs_up: bool
    ) -> list[str]:
        """Somebody or something answers and presses keys one after the other; what was said.

        An empty key is silence until the call goes on by itself; with `hangs_up` they hang up
        once the keys are used up, as soon as they are asked again.
        """
        answers = self.becomes(call, "in-progress")
        document = call.twiml
        if call.url:
            told = {"CallStatus": "in-progress"}
            if call.detects:
                told["AnsweredBy"] = answered_by
            document = self._document(self._post(call, call.url, told))
        left = list(keys)
        for _ in range(MOST_VERBS):
            gather = self._play(call, document)
            if gather is None or (hangs_up and not left):
                break
            key = left.pop(0) if left else ""
            if not key and gather.get("actionOnEmptyResult") != "true":
                break
            told = {"CallStatus": "in-progress", **({"Digits": key} if key else {})}
            document = self._document(self._post(call, gather.attrib["action"], told))
        else:
            raise AssertionError("the call never ends")
        answers += self.becomes(call, "completed")
        assert all(status in (200, 204) for status, _, _ in answers), answers
        return call.heard

    def _play(self, call: PhoneCall, document: str) -> ET.Element | None:
        """Say what is to be said, up to the first question; None when the call is over then."""
        root = ET.fromstring(document)  # noqa: S314  # our own
        assert root.tag == "Response", document
        for verb in root:
            if verb.tag == "Say":
                self._say(call, verb)
            elif verb.tag == "Gather":
                assert verb.get("method") == "POST", document
                for said in verb:
                    self._say(call, said)
                return verb
            else:
                assert verb.tag == "Hangup", document
                return None
        return None

    @staticmethod
    def _say(call: PhoneCall, verb: ET.Element) -> None:
        assert verb.tag == "Say", verb.tag
        assert verb.get("language") == "id-ID"
        call.heard.append(verb.text or "")

    @staticmethod
    def _document(answers: list[list[Any]]) -> str:
        ((status, body, _),) = answers
        assert status == 200, (status, body)
        return str(body)

    def _post(
        self, call: PhoneCall, url: str, told: Mapping[str, str], **how: Any
    ) -> list[list[Any]]:
        parts = urlsplit(url)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        answers: list[list[Any]] = self._deliver(url, path, self.form(call, told), **how)
        return answers

    def form(self, call: PhoneCall, told: Mapping[str, str]) -> dict[str, str]:
        """The parameters of a webhook about a call."""
        return {
            "CallSid": call.sid,
            "AccountSid": self.account,
            "From": call.sender,
            "To": call.to,
            "Direction": "outbound-api",
            "ApiVersion": "2010-04-01",
            **told,
        }
