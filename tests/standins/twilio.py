"""A stand-in of Twilio: messages, media, templates and signed webhooks.

It is as strict as the real one about what it is sent, keeps the 24-hour window of each person,
never takes two calls for one, and can send webhooks in any order, twice, unsigned or late.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import json
import re
import secrets
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from tests.standins.serving import Answer, DroppedError, Request, StandIn, arguments, serve
from tests.standins.twilio_calls import VOICE_SENDER, Calls

ACCOUNT = "AC" + "0" * 32
TOKEN = "newest-token"
OLD_TOKEN = "older-token"
SENDER = "whatsapp:+62811000001"
SERVICE = "MG" + "1" * 32
TEMPLATE = "HX" + "2" * 32
TEMPLATE_PAGE = "HX" + "3" * 32
PAGE_BODY = "TanyaDulu: {{1}} menunggu jawaban. Pegang: {{2}} atau balas {{3}}."
SMS_SENDER = "+62811000002"
PUBLIC = "https://hotline.example"
WINDOW = timedelta(hours=24)
LONGEST = 1600
ACCOUNT_PATH = f"/2010-04-01/Accounts/{ACCOUNT}"
MESSAGES = f"{ACCOUNT_PATH}/Messages"
CREATE_PARAMETERS = {
    *("To", "From", "Body", "MessagingServiceSid", "StatusCallback"),
    *("ContentSid", "ContentVariables", "MediaUrl", "ValidityPeriod"),
}
LIST_PARAMETERS = {
    *("To", "From", "DateSent", "DateSent<", "DateSent>", "PageSize", "Page", "PageToken"),
}
# A host with a dot and without underscores, as Twilio asks.
CALLBACK = re.compile(r"https?://[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]+[/:]")
PHONE = re.compile(r"\+[1-9]\d{6,14}")
ADDRESS = re.compile(r"whatsapp:(\+[1-9]\d{6,14}|[A-Z]{2}\.[0-9A-Za-z]{4,138})")


@dataclass
class Media:
    """A file that waits at the provider."""

    sid: str
    message_sid: str
    content_type: str
    body: bytes
    key: str = field(default_factory=lambda: secrets.token_hex(8))


@dataclass
class Message:
    """A message resource."""

    sid: str
    direction: str
    sender: str
    to: str
    body: str
    status: str
    created: datetime
    callback: str = ""
    service: str | None = None
    error_code: int | None = None
    media: list[str] = field(default_factory=list)

    def resource(self) -> dict[str, Any]:
        """As the API shows it."""
        at = format_datetime(self.created)
        return {
            "account_sid": ACCOUNT,
            "api_version": "2010-04-01",
            "body": self.body,
            "date_created": at,
            "date_sent": at,
            "date_updated": at,
            "direction": self.direction,
            "error_code": self.error_code,
            "error_message": None,
            "from": self.sender,
            "messaging_service_sid": self.service,
            "num_media": str(len(self.media)),
            "num_segments": "1",
            "price": None,
            "price_unit": None,
            "sid": self.sid,
            "status": self.status,
            "subresource_uris": {"media": f"{MESSAGES}/{self.sid}/Media.json"},
            "to": self.to,
            "uri": f"{MESSAGES}/{self.sid}.json",
        }


class RefusedError(Exception):
    """The provider refuses a call, with its own code."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


def sign(token: str, url: str, pairs: Sequence[tuple[str, str]]) -> str:
    """Twilio's signature, written from its description and not with its library."""
    text = url
    for name, value in sorted(set(pairs)):
        text += name + value
    digest = hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


class Twilio(StandIn):
    """The state of the provider."""

    def __init__(self) -> None:
        super().__init__()
        self.server = ""
        self.control_forget()

    def control_forget(self) -> bool:
        """Begin anew, but for the record of calls."""
        self.tokens = [TOKEN, OLD_TOKEN]
        self.public = PUBLIC
        self.now_is: datetime | None = None
        self.late_window = True
        self.messages: list[Message] = []
        self.media: dict[str, Media] = {}
        self.spoke: dict[str, datetime] = {}
        self.stopped: set[str] = set()
        self.gone: set[str] = set()
        self.templates: dict[str, dict[str, Any]] = {
            TEMPLATE: {"status": "approved"},
            TEMPLATE_PAGE: {"status": "approved", "body": PAGE_BODY},
        }
        self.phone_calls = Calls(ACCOUNT, RefusedError, self._deliver_public)
        self.reports: list[str] = []
        self.deleted: list[str] = []
        return True

    # The API

    def answer(self, request: Request) -> Answer:
        """Answer a call of the API."""
        if request.path.startswith("/cdn/"):
            return self._file(request)
        name, params = self._read(request)
        fault = self.record(name, params, _without_password(request.headers))
        if fault is not None and fault.kind == "refuse":
            raise DroppedError
        if fault is not None and fault.kind == "status":
            body = fault.body or {
                "code": fault.status,
                "message": "as told",
                "status": fault.status,
            }
            raw = body.encode() if isinstance(body, str) else json.dumps(body).encode()
            return Answer(fault.status, raw, headers=fault.headers)
        try:
            self._authorise(request)
            result = self._carry_out(name, request, params)
        except RefusedError as error:
            refusal = {"code": error.code, "message": str(error), "status": error.status}
            result = Answer(error.status, json.dumps(refusal).encode())
        if fault is not None and fault.kind == "hang":
            self.over.wait(fault.seconds)
        if fault is not None and fault.kind == "drop":
            raise DroppedError
        return result

    def _read(self, request: Request) -> tuple[str, dict[str, Any]]:
        params: dict[str, Any] = dict(request.query)
        if request.method == "POST":
            params = request.form()
        rest = request.path.removeprefix(MESSAGES)
        names = {
            ("POST", r"\.json"): "send",
            ("GET", r"\.json"): "list",
            ("GET", r"/(?P<sid>\w+)\.json"): "fetch",
            ("GET", r"/(?P<sid>\w+)/Media\.json"): "list_media",
            ("GET", r"/(?P<sid>\w+)/Media/(?P<media>\w+)"): "media",
            ("DELETE", r"/(?P<sid>\w+)/Media/(?P<media>\w+)\.json"): "delete_media",
        }
        if request.path.startswith(MESSAGES):
            for (method, pattern), name in names.items():
                found = re.fullmatch(pattern, rest)
                if found and method == request.method:
                    return name, params | {f"_{key}": val for key, val in found.groupdict().items()}
        others = {
            ("GET", f"{ACCOUNT_PATH}.json"): "account",
            ("POST", f"{ACCOUNT_PATH}/Calls.json"): "call",
            ("GET", f"{ACCOUNT_PATH}/Calls.json"): "list_calls",
            ("GET", f"{ACCOUNT_PATH}/IncomingPhoneNumbers.json"): "numbers",
            ("GET", f"{ACCOUNT_PATH}/OutgoingCallerIds.json"): "caller_ids",
        }
        if (request.method, request.path) in others:
            return others[request.method, request.path], params
        found = re.fullmatch(r"/v1/Content/(\w+)(/ApprovalRequests)?", request.path)
        if found and request.method == "GET":
            return ("approval" if found[2] else "content"), params | {"_sid": found[1]}
        return "unknown", params | {"_path": request.path}

    def _authorise(self, request: Request) -> None:
        scheme, _, secret = request.headers.get("authorization", "").partition(" ")
        user, _, password = base64.b64decode(secret or b"").decode().partition(":")
        if scheme != "Basic" or user != ACCOUNT or password not in self.tokens:
            raise RefusedError(401, 20003, "Authenticate")

    def _carry_out(self, name: str, request: Request, params: dict[str, Any]) -> Answer:
        with self.lock:
            if name.endswith("media"):
                return self._files(name, request, self._message(params["_sid"]), params)
            answers = {
                "send": lambda: _json(self._send(params).resource(), 201),
                "list": lambda: _json(self._list(params)),
                "fetch": lambda: _json(self._message(params["_sid"]).resource()),
                "account": lambda: _json({"sid": ACCOUNT, "status": "active"}),
                "call": lambda: self._call(request, params),
                "list_calls": lambda: _page("calls", self.phone_calls.listed(params)),
                "numbers": lambda: _page("incoming_phone_numbers", self._numbers(params)),
                "caller_ids": lambda: _page("outgoing_caller_ids", []),
                "content": lambda: _json(self._template(name, params["_sid"])),
                "approval": lambda: _json(self._template(name, params["_sid"])),
            }
            if name not in answers:
                raise RefusedError(404, 20404, f"{request.method} {request.path} was not found")
            return answers[name]()

    def _files(
        self, name: str, request: Request, message: Message, params: dict[str, Any]
    ) -> Answer:
        if name == "list_media":
            files = [self._media_resource(self.media[sid]) for sid in message.media]
            return _json({"media_list": files, "page": 0, "page_size": 50, "uri": "x"})
        media = self.media.get(params["_media"])
        if media is None or media.message_sid != message.sid:
            raise RefusedError(404, 20404, "The requested resource was not found")
        if name == "delete_media":
            del self.media[media.sid]
            message.media.remove(media.sid)
            self.deleted.append(media.sid)
            return Answer(204)
        host = request.headers["host"]
        return Answer(307, headers={"Location": f"http://{host}/cdn/{media.key}"})

    def _file(self, request: Request) -> Answer:
        fault = self.record("cdn", {}, _without_password(request.headers))
        if fault is not None and fault.kind in ("refuse", "drop"):
            raise DroppedError
        if fault is not None and fault.kind == "hang":
            self.over.wait(fault.seconds)
        if fault is not None and fault.kind == "status":
            return Answer(fault.status)
        if "authorization" in request.headers:
            # As the real storage does: two ways to prove oneself at once are refused.
            return Answer(400, b"<Error><Code>InvalidArgument</Code></Error>", "application/xml")
        with self.lock:
            for media in self.media.values():
                if media.key == request.path.removeprefix("/cdn/"):
                    return Answer(200, media.body, media.content_type)
        return Answer(404)

    def _send(self, params: dict[str, Any]) -> Message:
        _refuse_unknown(params, CREATE_PARAMETERS)
        to, template = params.get("To", ""), params.get("ContentSid")
        self._refuse_addresses(params, to)
        self._refuse_content(params, template)
        if to in self.stopped:
            raise RefusedError(400, 21610, f"Attempt to send to unsubscribed recipient {to}")
        message = Message(
            "SM" + secrets.token_hex(16),
            "outbound-api",
            SMS_SENDER if PHONE.fullmatch(to) else SENDER,
            to,
            self._rendered(params, template) if template else params.get("Body", ""),
            "queued",
            self._now(),
            params.get("StatusCallback", ""),
            params.get("MessagingServiceSid"),
        )
        if not template and not PHONE.fullmatch(to) and not self._in_window(to):
            if not self.late_window:
                raise RefusedError(400, 63016, "outside the allowed window")
            message.status, message.error_code = "failed", 63016
        if to in self.gone:
            message.status, message.error_code = "undelivered", 63024
        self.messages.append(message)
        if self.reports or message.error_code is not None:
            threading.Thread(target=self._report_all, args=(message,), daemon=True).start()
        return message

    def _refuse_addresses(self, params: dict[str, Any], to: str) -> None:
        sender = params.get("From")
        if PHONE.fullmatch(to):
            if sender != SMS_SENDER:
                raise RefusedError(400, 21606, f"The From phone number {sender} is not SMS-capable")
        elif not sender and params.get("MessagingServiceSid") != SERVICE:
            raise RefusedError(400, 21603, "A 'From' phone number is required")
        elif sender not in (None, SENDER):
            raise RefusedError(400, 63007, f"Could not find a Channel with the From {sender}")
        if not ADDRESS.fullmatch(to) and not PHONE.fullmatch(to):
            raise RefusedError(400, 21211, f"The 'To' number {to} is not a valid phone number")
        callback = params.get("StatusCallback", "")
        if callback and not CALLBACK.match(callback):
            raise RefusedError(400, 21609, f"The 'StatusCallback' URL {callback} is not valid")

    def _refuse_content(self, params: dict[str, Any], template: str | None) -> None:
        body = params.get("Body", "")
        if bool(body) == bool(template):
            raise RefusedError(400, 21619, "A text message body or a template must be specified")
        if len(body) > LONGEST:
            raise RefusedError(400, 21617, "The concatenated message body exceeds 1600 characters")
        if template and template not in self.templates:
            raise RefusedError(400, 21655, "The ContentSid is invalid")
        if template and not all(self._variables(params, template).values()):
            raise RefusedError(400, 21656, "The ContentVariables Parameter is invalid")

    def _variables(self, params: dict[str, Any], template: str) -> dict[str, str]:
        """What stands in each place of a template, "" where nothing was given."""
        given = json.loads(params.get("ContentVariables") or "{}")
        places = re.findall(r"\{\{(\d+)\}\}", self.templates[template].get("body", ""))
        if set(given) - set(places):
            raise RefusedError(400, 21656, "The ContentVariables Parameter is invalid")
        return {place: given.get(place, "") for place in places}

    def _rendered(self, params: dict[str, Any], template: str) -> str:
        text = str(self.templates[template].get("body", ""))
        for place, value in self._variables(params, template).items():
            text = text.replace("{{" + place + "}}", value)
        return text

    def _call(self, request: Request, params: dict[str, Any]) -> Answer:
        pairs = parse_qsl(request.body.decode())
        events = [value for name, value in pairs if name == "StatusCallbackEvent"]
        call = self.phone_calls.create(params, events, self._now())
        return _json(call.resource(ACCOUNT), 201)

    @staticmethod
    def _numbers(params: dict[str, Any]) -> list[dict[str, Any]]:
        """The numbers that belong to the account, and what each is able to do."""
        able = {SMS_SENDER: {"sms": True, "voice": False}, VOICE_SENDER: {"voice": True}}
        return [
            {"sid": "PN" + "0" * 32, "phone_number": number, "capabilities": abilities}
            for number, abilities in able.items()
            if params.get("PhoneNumber") in (None, number)
        ]

    def _in_window(self, to: str) -> bool:
        return to in self.spoke and self._now() - self.spoke[to] <= WINDOW

    def _list(self, params: dict[str, Any]) -> dict[str, Any]:
        _refuse_unknown(params, LIST_PARAMETERS)
        found = [
            message
            for message in sorted(self.messages, key=lambda one: one.created, reverse=True)
            if params.get("To") in (None, message.to)
            and params.get("From") in (None, message.sender)
            and ("DateSent>" not in params or message.created >= _moment(params["DateSent>"]))
            and ("DateSent<" not in params or message.created <= _moment(params["DateSent<"]))
        ]
        size, page = int(params.get("PageSize", 50)), int(params.get("Page", 0))
        if not 1 <= size <= 1000:
            raise RefusedError(400, 20001, "PageSize is out of range")
        rest = found[size * page :]
        following = None
        if len(rest) > size:
            query = {**params, "PageSize": size, "Page": page + 1, "PageToken": "PA" + "0" * 4}
            following = f"{MESSAGES}.json?{urlencode(query)}"
        return {
            "messages": [message.resource() for message in rest[:size]],
            "next_page_uri": following,
            "page": page,
            "page_size": size,
            "uri": f"{MESSAGES}.json",
        }

    def _template(self, name: str, sid: str) -> dict[str, Any]:
        template = self.templates.get(sid)
        if template is None:
            raise RefusedError(404, 20404, "The requested resource was not found")
        if name == "approval":
            return {"sid": sid, "account_sid": ACCOUNT, "whatsapp": {"status": template["status"]}}
        return {
            "sid": sid,
            "account_sid": ACCOUNT,
            "friendly_name": "update",
            "language": "id",
            "variables": template.get("variables", {}),
            "types": {"twilio/quick-reply": {"actions": [{"title": "Lanjut", "id": "lanjut"}]}},
        }

    def _message(self, sid: str) -> Message:
        for message in self.messages:
            if message.sid == sid:
                return message
        raise RefusedError(404, 20404, "The requested resource was not found")

    def _media_resource(self, media: Media) -> dict[str, Any]:
        return {
            "account_sid": ACCOUNT,
            "content_type": media.content_type,
            "parent_sid": media.message_sid,
            "sid": media.sid,
            "uri": f"{MESSAGES}/{media.message_sid}/Media/{media.sid}.json",
        }

    def _now(self) -> datetime:
        return self.now_is or datetime.now(UTC)

    # What tests tell it

    def control_set(self, **values: Any) -> bool:
        """Change what it knows: `server`, `public`, `tokens`, `late_window`, `templates`..."""
        with self.lock:
            for name, value in values.items():
                if name == "now_is":
                    self.now_is = None if value is None else datetime.fromisoformat(value)
                elif name in ("stopped", "gone"):
                    setattr(self, name, set(value))
                elif hasattr(self, name):
                    setattr(self, name, value)
                else:
                    raise KeyError(name)
        return True

    def control_where(self) -> str:
        """Where webhooks are sent."""
        return self.server

    def control_forward(self, **by: float) -> bool:
        """Time passes for it too."""
        with self.lock:
            self.now_is = self._now() + timedelta(**by)
        return True

    def control_messages(self, *, to: str = "") -> list[dict[str, Any]]:
        """The messages it took for somebody, oldest first."""
        with self.lock:
            return [
                message.resource() | {"callback": message.callback}
                for message in self.messages
                if message.direction != "inbound" and to in ("", message.to)
            ]

    def control_files(self) -> dict[str, Any]:
        """The files that it still has, and those that it was told to delete."""
        with self.lock:
            return {"kept": list(self.media), "deleted": list(self.deleted)}

    def control_inbound(
        self,
        *,
        sender: str,
        body: str = "",
        params: Mapping[str, str] | None = None,
        files: Sequence[Mapping[str, str]] = (),
        silent: bool = False,
        sid: str = "",
        minutes_ago: float = 0,
        **how: Any,
    ) -> dict[str, Any]:
        """Somebody writes: the message is kept, and its webhook sent unless `silent`.

        `files` are {"content_type", "base64"}; `sid` repeats one; `how` is for `_deliver`.
        """
        params = dict(params or {})
        is_sms = bool(PHONE.fullmatch(sender))
        with self.lock:
            message = Message(
                sid or "SM" + secrets.token_hex(16),
                "inbound",
                sender,
                params.get("To", SMS_SENDER if is_sms else SENDER),
                body,
                "received",
                self._now() - timedelta(minutes=minutes_ago),
                service=params.get("MessagingServiceSid"),
            )
            if all(one.sid != message.sid for one in self.messages):
                self.messages.append(message)
            self.spoke[sender] = message.created
            form = {
                "SmsMessageSid": message.sid,
                "NumMedia": str(len(files)),
                "ProfileName": "",
                "MessageType": "text",
                "SmsSid": message.sid,
                "WaId": sender.removeprefix("whatsapp:+"),
                "SmsStatus": "received",
                "Body": body,
                "To": message.to,
                "NumSegments": "1",
                "ReferralNumMedia": "0",
                "MessageSid": message.sid,
                "AccountSid": ACCOUNT,
                "ChannelMetadata": '{"type":"whatsapp","data":{"context":{}}}',
                "From": sender,
                "ApiVersion": "2010-04-01",
            }
            for number, file in enumerate(files):
                media = Media(
                    "ME" + secrets.token_hex(16),
                    message.sid,
                    file["content_type"],
                    base64.b64decode(file["base64"]),
                )
                self.media[media.sid] = media
                message.media.append(media.sid)
                address = f"https://api.twilio.com{MESSAGES}/{message.sid}/Media/{media.sid}"
                form |= {
                    f"MediaUrl{number}": address,
                    f"MediaContentType{number}": media.content_type,
                }
        path = "/webhooks/sms" if is_sms else "/webhooks/whatsapp"
        answers = [] if silent else self._deliver(path, form | params, **how)
        return {"sid": message.sid, "answers": answers}

    def control_call(self, *, sender: str, to: str = SENDER, sid: str = "", **how: Any) -> Any:
        """Somebody calls."""
        form = {
            "CallSid": sid or "CA" + secrets.token_hex(16),
            "AccountSid": ACCOUNT,
            "From": sender,
            "To": to,
            "CallStatus": "ringing",
            "Direction": "inbound",
            "ApiVersion": "2010-04-01",
        }
        return self._deliver("/webhooks/voice", form, **how)

    def control_post(self, *, path: str, form: Any, **how: Any) -> list[list[Any]]:
        """Send any form (a mapping or a list of pairs) to the server; what it answered."""
        return self._deliver(path, form, **how)

    def control_status(self, *, sid: str, status: str, error: int | None = None, **how: Any) -> Any:
        """Report how a message fares, as a status callback."""
        with self.lock:
            message = self._message(sid)
            message.status, message.error_code = status, error
        return self._report(message, status, error, **how)

    def _report_all(self, message: Message) -> None:
        time.sleep(0.02)
        for status in self.reports if message.error_code is None else ["queued", message.status]:
            code = message.error_code if status == message.status else None
            if code is None:
                message.status = status
            self._report(message, status, code)

    def _report(self, message: Message, status: str, error: int | None, **how: Any) -> Any:
        form = {
            "ChannelToAddress": message.to,
            "ChannelPrefix": "whatsapp",
            "MessageStatus": status,
            "SmsStatus": status,
            "SmsSid": message.sid,
            "MessageSid": message.sid,
            "AccountSid": ACCOUNT,
            "From": message.sender,
            "To": message.to,
            "ApiVersion": "2010-04-01",
        }
        if error is not None:
            form["ErrorCode"] = str(error)
        if not message.callback:
            return []
        url = urlsplit(message.callback)
        path = f"{url.path}?{url.query}" if url.query else url.path
        return self._deliver_public(message.callback, path, form, **how)

    def _deliver_public(self, url: str, path: str, form: Any, **how: Any) -> list[list[Any]]:
        """Post to an address that we were given."""
        there, public = urlsplit(url).netloc, urlsplit(self.public).netloc
        assert there == public, f"callback leads elsewhere: {there}"
        return self._deliver(path, form, **how)

    def control_calls_to(self, *, to: str = "") -> list[dict[str, Any]]:
        """The calls that were asked for, to one phone when told, with what was heard there."""
        with self.lock:
            return [
                call.resource(ACCOUNT) | {"url": call.url, "twiml": call.twiml, "heard": call.heard}
                for call in self.phone_calls.made
                if to in ("", call.to)
            ]

    def control_phone(self, *, to: str, status: str, **how: Any) -> list[list[Any]]:
        """The newest call to a phone goes on, or ends without an answer."""
        return self.phone_calls.becomes(self.phone_calls.newest(to), status, **how)

    def control_pick_up(
        self,
        *,
        to: str,
        keys: Sequence[str] = (),
        answered_by: str = "human",
        hangs_up: bool = False,
    ) -> list[str]:
        """The newest call to a phone is answered; what was said. See `Calls.picked_up`."""
        call = self.phone_calls.newest(to)
        return self.phone_calls.picked_up(call, keys, answered_by, hangs_up=hangs_up)

    def _deliver(
        self,
        path: str,
        form: Any,
        *,
        times: int = 1,
        at_once: bool = False,
        token: str | None = None,
        signature: str | None = None,
        headers: Mapping[str, str] | None = None,
        public: str | None = None,
    ) -> list[list[Any]]:
        """Post a form to the server; [status, body, seconds] of each answer.

        It is signed over the public address, which is not the one that is called: as behind a
        proxy. `signature` "" leaves the header away.
        """
        pairs = list(form.items()) if isinstance(form, dict) else [tuple(pair) for pair in form]
        if signature is None:
            key = self.tokens[0] if token is None else token
            signature = sign(key, (public or self.public) + path, pairs)
        sent = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
        if signature:
            sent["X-Twilio-Signature"] = signature
        sent |= headers or {}
        body = urlencode(pairs).encode()
        workers = times if at_once else 1
        with ThreadPoolExecutor(workers) as pool:
            return list(pool.map(lambda _: self._post(path, body, sent), range(times)))

    def _post(self, path: str, body: bytes, headers: Mapping[str, str]) -> list[Any]:
        server = urlsplit(self.server)
        begun = time.monotonic()
        connection = http.client.HTTPConnection(server.hostname or "", server.port, timeout=15)
        try:
            connection.request("POST", path, body, dict(headers))
            answer = connection.getresponse()
            text = answer.read().decode("utf-8", "replace")
            return [answer.status, text, time.monotonic() - begun]
        except OSError as error:
            return [0, type(error).__name__, time.monotonic() - begun]
        finally:
            connection.close()


def _refuse_unknown(params: Mapping[str, Any], known: set[str]) -> None:
    unknown = set(params) - known
    if unknown:
        raise RefusedError(400, 20001, f"Unknown parameters: {sorted(unknown)}")


def _page(name: str, items: list[dict[str, Any]]) -> Answer:
    return _json({name: items, "page": 0, "page_size": 50, "next_page_uri": None, "uri": "x"})


def _json(value: Any, status: int = 200) -> Answer:
    return Answer(status, json.dumps(value).encode())


def _moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def _without_password(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name != "authorization"}


def main() -> None:
    """Serve until killed."""
    options = arguments(__doc__)
    serve(Twilio(), options.parse_args().port)


if __name__ == "__main__":
    main()
