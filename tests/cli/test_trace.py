"""One case followed through tables and logs, without a word of anybody."""

from __future__ import annotations

import asyncio
import json
import re
from datetime import timedelta

import pytest

from bot.bootstrap import App
from bot.domain.cases import Case, CloseReason
from bot.keyfile import new_key
from bot.services import closing, next_steps, takeover
from tests.cli.running import tanyadulu
from tests.hotline import Hotline

SECRETS = ("tolong", "dikunci", "kamar", "Jeddah", "Lombok", "sari", "RAHASIA")


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, str], Case]:
    """A case from the first message to its closing; the settings to look at it with."""
    folder, key = tmp_path_factory.mktemp("trace") / "var", new_key()
    hotline = Hotline(folder, database_url="", master_keys=(key,))

    async def live() -> Case:
        app: App = hotline.app
        sari = await hotline.staff("sari", phone="sari-phone", on_duty_hours=8)
        await hotline.says("ani", "tolong saya dikunci di kamar di Jeddah")
        (case,) = await hotline.cases()
        await hotline.forward(minutes=6)

        async def do(*steps: object) -> None:
            for step in steps:
                await app.write(step)  # type: ignore[arg-type]
            await hotline.forward(minutes=2)

        now = hotline.clock.now
        await do(
            lambda uow: takeover.take_over(uow, case, sari, app.office, app.wording, now()),
            lambda uow: takeover.reply(uow, case, sari, "RAHASIA saya di sini", now()),
        )
        await do(
            lambda uow: next_steps.plan(
                uow, case, sari, sari, "ke Lombok", now() + timedelta(hours=1), app.office, now()
            ),
            lambda uow: takeover.hand_back(uow, case, sari, app.wording, now()),
        )
        await do(
            lambda uow: closing.ask_or_close(uow, case, sari, CloseReason.HELPED, "RAHASIA", now())
        )
        return await app.read(lambda uow: uow.cases.get(case.id))

    case = asyncio.run(live())
    hotline.close()
    logs = folder / "logs"
    logs.mkdir(exist_ok=True)
    line = {"trace": case.trace_id, "event": "acknowledged", "channel": "console"}
    told = {**line, "timestamp": "2026-11-21T13:06:30Z", "level": "info"}
    other = {**told, "trace": "0" * 32, "event": "another_case"}
    noise = f"not json {case.trace_id}\n"
    (logs / "server.log").write_text(f"{json.dumps(other)}\n{noise}{json.dumps(told)}\n", "utf-8")
    return {"TANYADULU_DATA_DIR": str(folder), "MASTER_KEYS": key}, case


def lines_of(settings: dict[str, str], name: str) -> list[str]:
    """What the command prints about a case."""
    done = tanyadulu("trace", name, **settings)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_the_whole_case_stands_in_order(lived: tuple[dict[str, str], Case]) -> None:
    """Message, case, escalation, page, send, answer, care, step, closing: each at its time."""
    settings, case = lived
    lines = lines_of(settings, case.reference)
    times = [line[:19] for line in lines]
    assert times == sorted(times)
    wanted = [
        r"inbound\s+message$",
        rf"case_file\s+opened reference={case.reference}",
        r"escalation\s+started",
        r"page_log\s+event event=queued",
        r"page_log\s+event event=sent",
        r"outbound\s+sent purpose=page",
        r"log server\s+acknowledged channel=console",
        r"acknowledgement\s+acknowledged staff=Petugas 1",
        r"case_log\s+logged kind=taken_over actor=Petugas 1",
        r"outbound\s+written purpose=reply author=human",
        r"escalation\s+cared",
        r"next_step\s+planned owner=Petugas 1",
        r"case_log\s+logged kind=handed_back",
        r"case_file\s+closed reason=helped",
        r"staff_notice\s+told kind=good_news",
    ]
    text = "\n".join(lines)
    for piece in wanted:
        assert re.search(piece, text, re.MULTILINE), piece
    assert "another_case" not in text


def test_no_word_of_anybody_is_in_it(lived: tuple[dict[str, str], Case]) -> None:
    """Neither of the person nor of the staff, nor a name to sign in with."""
    settings, case = lived
    text = "\n".join(lines_of(settings, case.reference))
    for secret in SECRETS:
        assert secret not in text


def test_the_trace_id_finds_the_same(lived: tuple[dict[str, str], Case]) -> None:
    """As it stands on the page of the case, and the reference in small letters."""
    settings, case = lived
    told = lines_of(settings, case.reference)
    assert lines_of(settings, case.trace_id) == told
    assert lines_of(settings, case.reference.lower()) == told


def test_an_unknown_case_is_wrong_use(lived: tuple[dict[str, str], Case]) -> None:
    """One line, status 2, nothing on standard output."""
    done = tanyadulu("trace", "TD-ZZZZZZ", **lived[0])
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "tanyadulu: there is no case TD-ZZZZZZ\n"
