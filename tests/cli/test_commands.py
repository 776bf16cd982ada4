"""The commands that need no server."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cli.environments import ENVIRONMENTS
from bot.cli.up import free_port
from bot.settings import ROOT
from tests.cli.running import COMMAND, environment, tanyadulu
from tests.gateways.mail import mail_server
from tests.posters import draw, page, pdf


def is_no_message(noise: bytes) -> bool:
    """Whether bytes do not happen to be an object of JSON."""
    try:
        return not isinstance(json.loads(noise), dict)
    except ValueError:
        return True


def test_help_loads_nothing_of_the_product() -> None:
    """Asking what there is comes at once: no module of the product but the list of commands."""
    done = tanyadulu("--help")
    assert done.returncode == 0
    for name in ("up", "doctor", "train", "evaluate", "understand", "check", "chat", "staff"):
        assert f"{name} " in done.stdout
    python = str(ENVIRONMENTS["service"].python)
    loading = subprocess.run(
        [python, "-X", "importtime", "-m", "bot.cli", "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = {line.rpartition("|")[2].strip() for line in loading.stderr.splitlines()}
    assert {"bot.cli.main"} <= loaded
    heavy = {
        "numpy",
        "sqlalchemy",
        "starlette",
        "twilio",
        "telegram",
        "bot.bootstrap",
        "bot.server",
    }
    assert not loaded & heavy


@pytest.mark.parametrize(
    "arguments",
    [
        ("dance",),
        ("up", "--fast"),
        ("understand",),
        ("evaluate",),
        ("evaluate", "--json"),
        ("check",),
        ("check", "offer.txt", "--jsonl"),
        ("staff", "add"),
    ],
)
def test_wrong_use_is_one_line_and_status_2(arguments: tuple[str, ...]) -> None:
    """Whoever mistypes is told in one line what is wrong."""
    done = tanyadulu(*arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("tanyadulu: ")
    assert done.stderr.count("\n") == 1


def test_understand_answers_each_line_in_order() -> None:
    """Lines come out as they came in; a bad one is named and does not stop the others."""
    lines = [
        json.dumps({"id": "a", "text": "tolong saya dikunci di kamar, paspor saya diambil"}),
        "{",
        json.dumps({"id": "b"}),
        json.dumps({"id": 7, "text": "halo \ud83d"}),
        json.dumps({"id": "c", "text": ""}),
    ]
    done = tanyadulu("understand", "--jsonl", stdin="\n".join(lines))
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer["id"] for answer in answers] == ["a", 7, "c"]
    fields = {"id", "intent", "confidence", "entities", "urgency", "signals"}
    assert all(set(answer) == fields for answer in answers)
    assert answers[0]["urgency"] == "emergency"
    assert answers[0]["signals"]
    assert done.returncode == 1
    said = [line for line in done.stderr.splitlines() if "line" in line]
    assert said == [
        "tanyadulu: line 2: not valid JSON",
        'tanyadulu: line 3: "text" is missing or of another type',
    ]


@settings(max_examples=4, deadline=None)
@given(
    texts=st.lists(st.text(max_size=400), min_size=60, max_size=60),
    noise=st.lists(st.binary(max_size=300).filter(is_no_message), min_size=20, max_size=20),
)
def test_no_message_and_no_noise_stops_understand(texts: list[str], noise: list[bytes]) -> None:
    """Every message gets one answer in its place, whatever bytes stand between them."""
    lines: list[bytes] = []
    for number, text in enumerate(texts):
        lines.append(json.dumps({"id": number, "text": text}).encode())
        lines += [noise[number // 3].replace(b"\n", b" ")] if number % 3 == 0 else []
    done = subprocess.run(
        [COMMAND, "understand", "--jsonl"],
        input=b"\n".join(lines),
        capture_output=True,
        env=environment(),
        check=False,
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer["id"] for answer in answers] == list(range(60))
    assert b"Traceback" not in done.stderr


def test_check_shows_the_words_behind_each_flag() -> None:
    """The evidence of a flag stands in the text; the fields are those of the contract."""
    text = "Loker admin Kamboja, berangkat pakai visa turis, bayar dulu 5 juta"
    done = tanyadulu("check", "--jsonl", stdin=json.dumps({"id": 1, "text": text}))
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert set(answer) == {"id", "verdict", "flags", "signals", "facts", "missing"}
    assert answer["verdict"] == "critical"
    assert answer["flags"]
    assert all(flag["evidence"] in text for flag in answer["flags"])


def test_check_of_a_file_speaks_to_people(tmp_path: Path) -> None:
    """A text file gives the words of the bot, without a codename."""
    advertisement = tmp_path / "iklan.txt"
    advertisement.write_text("Loker Kamboja, visa turis, bayar dulu 5 juta", "utf-8")
    done = tanyadulu("check", str(advertisement))
    assert done.returncode == 0, done.stderr
    assert "visa turis" in done.stdout
    assert "upfront_fee" not in done.stdout


@pytest.mark.parametrize("style", ["poster", "plain", "slanted"])
def test_check_reads_pictures(tmp_path: Path, style: str) -> None:
    """jpg, png and webp: what was read, then the words of the bot."""
    file = tmp_path / "iklan"
    file.write_bytes(draw("Loker Kamboja, visa turis, bayar dulu 5 juta", style))
    done = tanyadulu("check", str(file))
    assert done.returncode == 0, done.stderr
    assert "visa turis, bayar dulu 5 juta" in done.stdout
    assert "Saya bot TanyaDulu." in done.stdout


def test_check_reads_papers(tmp_path: Path) -> None:
    """A scanned PDF."""
    file = tmp_path / "iklan.pdf"
    file.write_bytes(pdf([page("Loker Kamboja, visa turis, bayar dulu 5 juta")]))
    done = tanyadulu("check", str(file))
    assert done.returncode == 0, done.stderr
    assert "Saya bot TanyaDulu." in done.stdout


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"%PDF-1.7\n", "is damaged and cannot be opened"),
        (b"\x89PNG\r\n\x1a\n", "is damaged and cannot be opened"),
        (b"PK\x03\x04\0\0", "neither a text nor a picture (png, jpg, webp) nor a PDF"),
        (b"", "is empty"),
        (b"gaji \xff\xfe", "no UTF-8 text"),
        (b"a" * (1024 * 1024 + 1), "larger than 1 MB"),
    ],
)
def test_check_says_what_it_cannot_read(tmp_path: Path, content: bytes, words: str) -> None:
    """A file that nothing can be read in gets one honest line."""
    file = tmp_path / "file"
    file.write_bytes(content)
    done = tanyadulu("check", str(file))
    assert done.returncode == 1
    assert words in done.stderr
    assert done.stderr.count("\n") == 1


def test_chat_without_a_server_says_how_to_start_it(tmp_path: Path) -> None:
    """The message names the address and the command."""
    settings = {"TANYADULU_DATA_DIR": str(tmp_path), "TANYADULU_PORT": "1"}
    done = tanyadulu("chat", "--jsonl", stdin='{"sender":"a","text":"halo"}', **settings)
    assert done.returncode == 1
    words = "tanyadulu: no server answers at http://127.0.0.1:1/; start it with `make run`\n"
    assert done.stderr == words


def test_staff_come_and_go(tmp_path: Path) -> None:
    """Added, listed with role and state, disabled; mistakes are told in one line."""
    settings = {"TANYADULU_DATA_DIR": str(tmp_path / "var")}
    password = "kuda laut hijau muda\n"
    added = tanyadulu("staff", "add", "sari", "--role", "supervisor", stdin=password, **settings)
    assert added.returncode == 0, added.stderr
    assert "Petugas 1" in added.stdout
    for arguments in (("sari",), ("rini", "--role", "queen")):
        refused = tanyadulu("staff", "add", *arguments, stdin=password, **settings)
        assert refused.returncode == 1
        assert refused.stderr.count("\n") == 1
    short = tanyadulu("staff", "add", "rini", stdin="pendek\n", **settings)
    assert short.returncode == 1
    assert tanyadulu("staff", "disable", "sari", **settings).returncode == 0
    listed = tanyadulu("staff", "list", **settings)
    assert "supervisor" in listed.stdout
    assert "disabled" in listed.stdout
    assert "rini" not in listed.stdout


def test_a_wrong_setting_is_named() -> None:
    """A value of the wrong type is one line with the name of the setting."""
    done = tanyadulu("staff", "list", TANYADULU_TURN_SECONDS="soon")
    assert done.returncode == 1
    assert done.stderr.startswith("tanyadulu: the setting TANYADULU_TURN_SECONDS is wrong: ")
    assert done.stderr.count("\n") == 1


def test_a_contact_counts_once_its_code_was_read_back(tmp_path: Path) -> None:
    """The code goes to the address; only who can read it there becomes reachable."""
    with mail_server(free_port()) as box:
        settings = {
            "TANYADULU_DATA_DIR": str(tmp_path / "var"),
            "SMTP_URL": f"smtp://127.0.0.1:{box.port}?from=pager@example.org",
        }
        tanyadulu("staff", "add", "sari", stdin="kuda laut hijau muda\n", **settings)
        contact = ("staff", "contact", "sari", "email", "sari@example.org")
        guessed = tanyadulu(*contact, stdin="1\n2\n3\n", **settings)
        assert guessed.returncode == 1
        assert "none" in tanyadulu("staff", "list", **settings).stdout
        command = [str(COMMAND), *contact]
        with subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment(**settings),
        ) as asking:
            assert asking.stdout is not None
            asking.stdout.readline()
            body = box.received[-1].get_payload(decode=True)
            assert isinstance(body, bytes)
            code = re.search(r"\d{6}", body.decode())
            assert code is not None
            said, _ = asking.communicate(f"{code[0]}\n", timeout=60)
        assert "can be paged by email" in said
        assert "1 of 1 verified" in tanyadulu("staff", "list", **settings).stdout


def test_a_contact_on_a_channel_that_is_not_set_up_is_refused(tmp_path: Path) -> None:
    """With the setting that is missing."""
    settings = {"TANYADULU_DATA_DIR": str(tmp_path / "var")}
    tanyadulu("staff", "add", "sari", stdin="kuda laut hijau muda\n", **settings)
    refused = tanyadulu("staff", "contact", "sari", "email", "sari@example.org", **settings)
    assert refused.returncode == 1
    assert "SMTP_URL" in refused.stderr
