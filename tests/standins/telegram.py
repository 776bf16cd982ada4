"""A stand-in of the Telegram Bot API: `python -m tests.standins.telegram --port N`.

Updates that tests hand in (`/control/update`) wait in a queue, as at Telegram: getUpdates
hands them out until they are confirmed, or they are pushed to the webhook that was set, and
again until it answers with 2xx. Parameters are checked as the real API checks them, and
unknown ones are refused, which the real one does not do.
"""

from __future__ import annotations

import base64
import json
import re
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Condition, Thread
from typing import Any
from urllib.parse import urlsplit

import httpx2

from tests.standins.serving import (
    Answer,
    DroppedError,
    Fault,
    Request,
    StandIn,
    arguments,
    serve,
)

TOKEN = "7000000001:AAStandInTokenOfNobody"  # nobody's
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # a header's name
LONGEST_TEXT = 4096
MOST_CALLBACK_BYTES = 64
MOST_ALERT = 200
LARGEST_FILE = 20 * 1024 * 1024
MOST_UPDATES = 100
SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
PATH = re.compile(r"/bot([^/]+)/(\w+)")
FILE_PATH = re.compile(r"/file/bot([^/]+)/(.+)")
KINDS = (
    "message", "edited_message", "channel_post", "edited_channel_post", "business_connection",
    "business_message", "edited_business_message", "deleted_business_messages",
    "message_reaction", "message_reaction_count", "inline_query", "chosen_inline_result",
    "callback_query", "shipping_query", "pre_checkout_query", "purchased_paid_media", "poll",
    "poll_answer", "my_chat_member", "chat_member", "chat_join_request", "chat_boost",
    "removed_chat_boost", "managed_bot", "guest_message",
)  # fmt: skip
ONLY_WHEN_ASKED_FOR = ("chat_member", "message_reaction", "message_reaction_count")
PUSH_AGAIN_SECONDS = 0.3


class RefusedError(Exception):
    """What the API answers instead of a result."""

    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters


def bad_request(description: str) -> RefusedError:
    """400."""
    return RefusedError(400, f"Bad Request: {description}")


@dataclass
class Webhook:
    """Where updates are pushed to; `url` is empty when they wait for getUpdates."""

    url: str = ""
    secret: str = ""
    max_connections: int = 40
    allowed: tuple[str, ...] = ()
    error: str = ""


@dataclass
class Api(StandIn):
    """One bot and everybody who writes to it."""

    token: str = TOKEN

    me: dict[str, Any] = field(init=False)
    chats: dict[int, dict[str, Any]] = field(default_factory=dict)
    refusals: dict[int, str] = field(default_factory=dict)
    messages: list[dict[str, Any]] = field(default_factory=list)
    queries: dict[str, bool] = field(default_factory=dict)
    files: dict[str, tuple[bytes, int]] = field(default_factory=dict)
    updates: dict[int, dict[str, Any]] = field(default_factory=dict)
    webhook: Webhook = field(default_factory=Webhook)

    def __post_init__(self) -> None:
        """The bot introduces itself, and updates are pushed from now on."""
        super().__init__()
        self.me = {
            "id": int(self.token.partition(":")[0]),
            "is_bot": True,
            "first_name": "Tanya Dulu",
            "username": "tanyadulu_bot",
            "can_join_groups": True,
            "can_read_all_group_messages": False,
            "supports_inline_queries": False,
        }
        self.changed = Condition(self.lock)
        self.set_to: float | None = None
        self.polls = 0
        self.next_update = 500_000_001
        self.next_message = 1000
        self.pushing: set[int] = set()
        self._pool = ThreadPoolExecutor(40)
        self._client = httpx2.Client(trust_env=False, timeout=15)
        Thread(target=self._push, daemon=True).start()

    def answer(self, request: Request) -> Answer:
        """A method of the API, or a file."""
        if wanted := FILE_PATH.fullmatch(request.path):
            return self._file(*wanted.groups())
        called = PATH.fullmatch(request.path)
        if called is None or called[1] != self.token:
            return _refused(RefusedError(401 if called else 404, "Unauthorized"))
        method = called[2]
        is_json = request.headers.get("content-type", "").startswith("application/json")
        params = {**request.query, **(request.json() if is_json else request.form())}
        fault = self.record(method, params)
        try:
            if fault is not None:
                self._before(fault)
            handler = getattr(self, f"do_{method}", None)
            if handler is None:
                raise RefusedError(404, "Not Found")  # noqa: TRY301  # one way out for all
            try:
                result = handler(**params)
            except TypeError as error:
                raise bad_request(f"wrong parameters: {error}") from error
        except RefusedError as refused:
            return _refused(refused)
        if fault is not None and fault.kind == "drop":
            raise DroppedError
        return _json({"ok": True, "result": result})

    def _before(self, fault: Fault) -> None:
        if fault.kind == "refuse":
            raise DroppedError
        if fault.kind == "hang":
            self.over.wait(fault.seconds)
        if fault.kind == "status":
            told = dict(fault.body) if isinstance(fault.body, dict) else {}
            description = str(told.pop("description", "made to fail"))
            raise RefusedError(fault.status, description, **told)

    # Methods of the API

    def do_getMe(self) -> dict[str, Any]:  # noqa: N802  # the API's name
        """Who the bot is."""
        return self.me

    def do_sendMessage(  # noqa: N802  # the API's name
        self,
        chat_id: str,
        text: str = "",
        reply_markup: str = "",
        link_preview_options: str = "",
        protect_content: str = "",
        disable_notification: str = "",
    ) -> dict[str, Any]:
        """A message to a chat; two calls make two messages, whatever they say."""
        chat = self._chat(chat_id)
        if not text.strip():
            raise bad_request("message text is empty")
        if len(text) > LONGEST_TEXT:
            raise bad_request("message is too long")
        for value in (protect_content, disable_notification):
            _boolean(value)
        _object(link_preview_options)
        markup = _keyboard(reply_markup)
        with self.lock:
            self.next_message += 1
            message = {
                "message_id": self.next_message,
                "from": {key: self.me[key] for key in ("id", "is_bot", "first_name", "username")},
                "chat": chat,
                "date": int(self.seconds()),
                "text": text.strip(),
                **({"reply_markup": markup} if markup else {}),
            }
            self.messages.append(message)
        return message

    def do_editMessageText(  # noqa: N802  # the API's name
        self,
        chat_id: str,
        message_id: str,
        text: str = "",
        reply_markup: str = "",
        link_preview_options: str = "",
    ) -> dict[str, Any]:
        """Other words in place of a message of the bot."""
        chat = self._chat(chat_id)
        if not text.strip():
            raise bad_request("message text is empty")
        _object(link_preview_options)
        markup = _keyboard(reply_markup)
        with self.lock:
            for message in self.messages:
                if (message["chat"]["id"], message["message_id"]) == (chat["id"], int(message_id)):
                    if (message["text"], message.get("reply_markup", {})) == (text.strip(), markup):
                        raise bad_request("message is not modified")
                    message |= {"text": text.strip(), "reply_markup": markup}
                    return message
        raise bad_request("message to edit not found")

    def do_answerCallbackQuery(  # noqa: N802  # the API's name
        self, callback_query_id: str, text: str = "", show_alert: str = ""
    ) -> bool:
        """A tap is answered; only while it is young."""
        if len(text) > MOST_ALERT:
            raise bad_request("MESSAGE_TOO_LONG")
        _boolean(show_alert)
        if not self.queries.get(callback_query_id):
            raise bad_request(
                "query is too old and response timeout expired or query ID is invalid"
            )
        return True

    def do_leaveChat(self, chat_id: str) -> bool:  # noqa: N802  # the API's name
        """The bot leaves a group or channel."""
        chat = self._chat(chat_id)
        if chat["type"] == "private":
            raise bad_request("chat member status can't be changed in private chats")
        self.refusals[chat["id"]] = f"Forbidden: bot is not a member of the {chat['type']} chat"
        return True

    def do_getFile(self, file_id: str) -> dict[str, Any]:  # noqa: N802  # the API's name
        """Where a file can be downloaded for an hour."""
        if file_id not in self.files:
            raise bad_request("wrong file_id or the file is temporarily unavailable")
        size = self.files[file_id][1]
        if size > LARGEST_FILE:
            raise bad_request("file is too big")
        unique = file_id[-12:]
        path = f"documents/{file_id}"
        return {"file_id": file_id, "file_unique_id": unique, "file_size": size, "file_path": path}

    def do_setWebhook(  # noqa: N802  # the API's name
        self,
        url: str,
        secret_token: str = "",
        max_connections: str = "40",
        allowed_updates: str = "",
        drop_pending_updates: str = "",
    ) -> bool:
        """Push updates from now on; https, or a program on this machine."""
        parts = urlsplit(url)
        if url and parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "localhost"):
            raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
        if secret_token and not SECRET.fullmatch(secret_token):
            raise bad_request("secret token contains unallowed characters")
        if not 1 <= int(max_connections) <= 100:
            raise bad_request("max_connections must be between 1 and 100")
        allowed = _allowed(allowed_updates)
        with self.changed:
            if _boolean(drop_pending_updates):
                self.updates.clear()
            self.webhook = Webhook(url, secret_token, int(max_connections), allowed)
            self.changed.notify_all()
        return True

    def do_deleteWebhook(self, drop_pending_updates: str = "") -> bool:  # noqa: N802  # the API's name
        """Updates wait for getUpdates from now on."""
        with self.changed:
            if _boolean(drop_pending_updates):
                self.updates.clear()
            self.webhook = Webhook()
        return True

    def do_getWebhookInfo(self) -> dict[str, Any]:  # noqa: N802  # the API's name
        """How pushing goes."""
        info = {
            "url": self.webhook.url,
            "has_custom_certificate": False,
            "pending_update_count": len(self.updates),
            "max_connections": self.webhook.max_connections,
            "allowed_updates": list(self.webhook.allowed),
        }
        if self.webhook.error:
            info["last_error_date"] = int(self.seconds())
            info["last_error_message"] = self.webhook.error
        return info

    def do_getUpdates(  # noqa: N802  # the API's name
        self,
        offset: str = "0",
        limit: str = "100",
        timeout: str = "0",  # the API's name
        allowed_updates: str = "",
    ) -> list[dict[str, Any]]:
        """The oldest updates; those below `offset` are confirmed and gone."""
        if not 1 <= int(limit) <= MOST_UPDATES:
            raise bad_request("limit must be between 1 and 100")
        allowed = _allowed(allowed_updates)
        deadline = time.monotonic() + float(timeout)
        with self.changed:
            if self.webhook.url:
                raise RefusedError(
                    409,
                    "Conflict: can't use getUpdates method while webhook is active; "
                    "use deleteWebhook to delete the webhook first",
                )
            self.polls += 1
            mine = self.polls
            self.changed.notify_all()
            for number in [each for each in self.updates if each < int(offset)]:
                del self.updates[number]
            while True:
                waiting = [
                    update
                    for _, update in sorted(self.updates.items())
                    if _is_wanted(update, allowed)
                ]
                if waiting:
                    return waiting[: int(limit)]
                left = deadline - time.monotonic()
                if left <= 0:
                    return []
                self.changed.wait(min(left, 1.0))
                if self.polls != mine:
                    raise RefusedError(
                        409,
                        "Conflict: terminated by other getUpdates request; "
                        "make sure that only one bot instance is running",
                    )

    # What the tests do

    def control_update(
        self, update: dict[str, Any], update_id: int | None = None, *, queued: bool = True
    ) -> dict[str, Any]:
        """Somebody does something; the update with its id, queued as Telegram would do."""
        with self.changed:
            if update_id is None:
                update_id = self.next_update
                self.next_update += 1
            update = {"update_id": update_id, **update}
            self._remember(update)
            if queued:
                self.updates[update_id] = update
                self.changed.notify_all()
        return update

    def seconds(self) -> float:
        """Telegram's clock: that of the machine, or what a test has set it to."""
        return time.time() if self.set_to is None else self.set_to

    def control_clock(self, at: float | None) -> bool:
        """Set Telegram's clock; None for that of the machine."""
        self.set_to = at
        return True

    def control_garbage(self, update: Any, update_id: int) -> bool:
        """Something that no client expects waits in the queue."""
        with self.changed:
            self.updates[update_id] = update
            self.changed.notify_all()
        return True

    def control_chat(self, chat: dict[str, Any], *, refuses: str = "") -> bool:
        """A chat that the bot may write to; or which refuses it with a 403 of these words."""
        with self.lock:
            self.chats[chat["id"]] = chat
            self.refusals.pop(chat["id"], None)
            if refuses:
                self.refusals[chat["id"]] = refuses
        return True

    def control_post(
        self, url: str, body: str, secret: str | None = None, times: int = 1
    ) -> list[list[Any]]:
        """Send a body to a webhook, so many times at once; status and text of each answer."""
        headers = {} if secret is None else {SECRET_HEADER.encode(): secret.encode()}

        def post(_number: int) -> list[Any]:
            try:
                answer = self._client.post(url, content=body.encode(), headers=headers)
            except httpx2.HTTPError as error:
                return [0, type(error).__name__]
            return [answer.status_code, answer.text]

        return list(self._pool.map(post, range(times)))

    def control_forget(self) -> bool:
        """As new: no calls, no chats, no updates, no webhook; ids go on."""
        with self.changed:
            for kept in (self.calls, self.faults, self.messages):
                kept.clear()
            for known in (self.chats, self.refusals, self.queries, self.files, self.updates):
                known.clear()
            self.webhook = Webhook()
            self.set_to = None
        return True

    def control_query(self, query_id: str, *, young: bool) -> bool:
        """A tap that may still be answered, or no longer."""
        self.queries[query_id] = young
        return True

    def control_file(self, file_id: str, content: str, size: int | None = None) -> bool:
        """A file, base64; `size` is what getFile says when that is not its true size."""
        data = base64.b64decode(content)
        self.files[file_id] = (data, len(data) if size is None else size)
        return True

    def control_messages(self, chat_id: int | None = None, after: int = 0) -> list[dict[str, Any]]:
        """What the bot wrote, to one chat when told, without the first `after`."""
        with self.lock:
            found = [m for m in self.messages if chat_id in (None, m["chat"]["id"])]
        return found[after:]

    def control_waiting(self) -> list[int]:
        """The ids of the updates that are not confirmed yet."""
        with self.lock:
            return sorted(self.updates)

    def control_webhook(self) -> dict[str, Any]:
        """What was set, with the secret."""
        return {"url": self.webhook.url, "secret": self.webhook.secret}

    # Inside

    def _chat(self, chat_id: str) -> dict[str, Any]:
        try:
            chat = self.chats[int(chat_id)]
        except (KeyError, ValueError) as error:
            raise bad_request("chat not found") from error
        if refusal := self.refusals.get(chat["id"]):
            raise RefusedError(403, refusal)
        return chat

    def _remember(self, update: dict[str, Any]) -> None:
        """Whoever wrote to the bot may be written to, and a tap waits for its answer."""
        for content in update.values():
            if not isinstance(content, dict):
                continue
            message = content.get("message", content)
            chat = message.get("chat") if isinstance(message, dict) else None
            if isinstance(chat, dict) and "id" in chat:
                self.chats.setdefault(chat["id"], chat)
        if query := update.get("callback_query"):
            self.queries.setdefault(query["id"], True)

    def _push(self) -> None:
        while not self.over.is_set():
            with self.changed:
                due = []
                if self.webhook.url:
                    due = [n for n in sorted(self.updates) if n not in self.pushing]
                    self.pushing.update(due)
                if not due:
                    self.changed.wait(0.2)
            for number in due:
                self._pool.submit(self._push_one, number)

    def _push_one(self, number: int) -> None:
        webhook, update = self.webhook, self.updates.get(number)
        taken, error = True, ""
        if update is not None and _is_wanted(update, webhook.allowed):
            headers = {SECRET_HEADER: webhook.secret} if webhook.secret else {}
            try:
                status = self._client.post(webhook.url, json=update, headers=headers).status_code
            except httpx2.HTTPError:
                status, error = 0, "Connection failed"
            taken = 200 <= status < 300
            if status and not taken:
                error = f"Wrong response from the webhook: {status}"
        if taken:
            self.updates.pop(number, None)
        else:
            webhook.error = error
            time.sleep(PUSH_AGAIN_SECONDS)
        with self.changed:
            self.pushing.discard(number)
            self.changed.notify_all()

    def _file(self, token: str, path: str) -> Answer:
        fault = self.record("file", {"path": path})
        found = self.files.get(path.removeprefix("documents/"))
        if token != self.token or found is None:
            return Answer(404, b"Not Found", "text/plain")
        if fault is not None and fault.kind in ("refuse", "drop"):
            raise DroppedError
        if fault is not None and fault.kind == "status":
            return Answer(fault.status, b"", "text/plain")
        return Answer(200, found[0], "application/octet-stream")


def _is_wanted(update: Any, allowed: tuple[str, ...]) -> bool:
    if not isinstance(update, dict):
        return True
    kinds = [kind for kind in update if kind in KINDS]
    if not kinds:
        return True
    return any(kind in allowed if allowed else kind not in ONLY_WHEN_ASKED_FOR for kind in kinds)


def _allowed(text: str) -> tuple[str, ...]:
    names = json.loads(text) if text else []
    if not isinstance(names, list) or any(name not in KINDS for name in names):
        raise bad_request("can't parse allowed updates")
    return tuple(names)


def _boolean(text: str) -> bool:
    if text.lower() not in ("", "true", "false"):
        raise bad_request("a boolean is true or false")
    return text.lower() == "true"


def _object(text: str) -> dict[str, Any]:
    try:
        parsed = json.loads(text) if text else {}
    except ValueError as error:
        raise bad_request("can't parse JSON") from error
    if not isinstance(parsed, dict):
        raise bad_request("object expected")
    return parsed


def _keyboard(text: str) -> dict[str, Any]:
    markup = _object(text)
    if not markup:
        return {}
    rows = markup.get("inline_keyboard")
    if set(markup) != {"inline_keyboard"} or not isinstance(rows, list) or len(rows) > 100:
        raise bad_request("can't parse inline keyboard")
    for button in (button for row in rows for button in row):
        if set(button) not in ({"text", "callback_data"}, {"text", "url"}):
            raise bad_request("can't parse inline keyboard button")
        if not button["text"].strip():
            raise bad_request("text buttons are unallowed in the inline keyboard")
        if "url" in button:
            if urlsplit(button["url"]).scheme != "https":
                raise bad_request("inline keyboard button URL is invalid")
        elif not 1 <= len(button["callback_data"].encode()) <= MOST_CALLBACK_BYTES:
            raise bad_request("BUTTON_DATA_INVALID")
    return markup


def _refused(refused: RefusedError) -> Answer:
    answer: dict[str, Any] = {
        "ok": False,
        "error_code": refused.code,
        "description": refused.description,
    }
    if refused.parameters:
        answer["parameters"] = refused.parameters
    return _json(answer, refused.code)


def _json(data: Any, status: int = 200) -> Answer:
    return Answer(status, json.dumps(data).encode())


def main() -> None:
    """Serve until killed."""
    parser = arguments(__doc__)
    parser.add_argument("--token", default=TOKEN)
    told = parser.parse_args()
    serve(Api(token=told.token), told.port)


if __name__ == "__main__":
    main()
