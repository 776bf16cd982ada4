"""The repository keeps its own promises."""

from __future__ import annotations

import ast
import inspect
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main
import yaml
from alembic import command
from rasa_sdk import Action
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.utils import all_subclasses

from bot.cli import environments
from bot.cli.main import app
from bot.settings import ROOT, Settings
from bot.store.database import open_engine
from bot.store.migrate import config, is_current, upgrade

README = (ROOT / "README.md").read_text("utf-8")
DOMAIN: dict[str, Any] = yaml.safe_load((ROOT / "domain.yml").read_text("utf-8"))
# Put together here, so that this file does not name them either.
REGISTRIES = tuple(
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("unpkg", "com"),
        ("jsdelivr", "net"),
        ("debian", "org"),
    )
)
# Indonesian mobile numbers, and any number written with a plus and a country code.
MOBILE = re.compile(r"(?<!\d)(?:\+?62|0)[ -]?8\d{1,3}(?:[ .-]?\d{2,5}){2,3}(?!\d)")
ABROAD = re.compile(r"(?<!\w)\+\d{1,3}(?:[ .-]?\d{2,5}){2,4}(?!\d)")
# No network gives such numbers to anybody: they are plainly examples.
SHORTEST_NUMBER = 9
EXAMPLE = re.compile(r"0{4}|12345678")


def tracked() -> Iterator[tuple[str, str]]:
    """Name and text of every file that belongs to the project."""
    git = shutil.which("git")
    if git is None:
        pytest.fail("these tests read the list of files from git")
    listed = subprocess.run([git, "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    for name in listed.stdout.decode().split("\0"):
        path = ROOT / name
        if name and path.is_file():
            yield name, path.read_text("utf-8", errors="ignore")


def code() -> Iterator[ast.AST]:
    """Every expression of the product's own code."""
    for folder in ("bot", "actions", "channels"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield from ast.walk(ast.parse(path.read_text("utf-8")))


def responses() -> list[str]:
    """The id of every response, repeated when it stands in two files."""
    return [
        name
        for path in sorted((ROOT / "data" / "responses").glob("*.yml"))
        for name in yaml.safe_load(path.read_text("utf-8"))["responses"]
    ]


def names_in_code() -> tuple[set[str], list[re.Pattern[str]]]:
    """Response ids that code says, and patterns of those that it puts together."""
    said: set[str] = set()
    patterns = []
    for node in code():
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if re.fullmatch(r"(?:say|utter)_[a-z0-9_]*[a-z0-9]", node.value):
                said.add(node.value)
        elif isinstance(node, ast.JoinedStr):
            parts = [
                re.escape(str(part.value)) if isinstance(part, ast.Constant) else r"\w+"
                for part in node.values
            ]
            if parts and re.match(r"(?:say|utter)_", parts[0]):
                patterns.append(re.compile("".join(parts)))
    return said, patterns


def names_in_rules() -> set[str]:
    """Responses that rules and stories utter, and those that Rasa's forms ask with."""
    used = {
        f"utter_ask_{slot}" for form in DOMAIN["forms"].values() for slot in form["required_slots"]
    }
    for name, form in DOMAIN["forms"].items():
        used |= {f"utter_ask_{name}_{slot}" for slot in form["required_slots"]}
    for kind in ("rules", "stories"):
        for path in (ROOT / "data" / kind).glob("*.yml"):
            used |= set(re.findall(r"action: (utter_\w+)", path.read_text("utf-8")))
    return used


def test_every_setting_is_in_the_example_with_its_sentence() -> None:
    """`.env.example` lists the settings, in order, each under its own description."""
    text = (ROOT / ".env.example").read_text("utf-8")
    listed = re.findall(r"^# (.+)\n#([A-Z_]+)=", text, flags=re.MULTILINE)
    fields = Settings.model_fields.items()
    assert listed == [(field.description, name.upper()) for name, field in fields]


def test_example_settings_are_the_defaults() -> None:
    """Taking the comment marks off `.env.example` changes nothing."""
    text = (ROOT / ".env.example").read_text("utf-8")
    written = dict(re.findall(r"^#([A-Z_]+)=(.*)$", text, flags=re.MULTILINE))
    plain = {name.lower(): value for name, value in written.items()}
    default = {name: field.default for name, field in Settings.model_fields.items()}
    assert Settings.model_validate(plain).model_dump() == default


def test_every_action_of_the_domain_has_a_class_and_the_reverse() -> None:
    """What Rasa may run is what the action server offers."""
    ActionExecutor().register_package("actions")
    offered = {
        action().name()
        for action in all_subclasses(Action)
        if action.__module__.startswith("actions.") and not inspect.isabstract(action)
    }
    assert offered == set(DOMAIN["actions"])


def test_every_form_has_a_validation() -> None:
    """No form fills its slots greedily: each has its own validation action."""
    assert {f"validate_{form}" for form in DOMAIN["forms"]} <= set(DOMAIN["actions"])


def test_no_response_stands_in_two_files() -> None:
    """Each text has one place."""
    assert [name for name, count in Counter(responses()).items() if count > 1] == []


def test_every_response_is_used() -> None:
    """No text lies around that nobody can ever read."""
    said, patterns = names_in_code()
    used = said | names_in_rules()
    unused = {
        name
        for name in responses()
        if name not in used and not any(pattern.fullmatch(name) for pattern in patterns)
    }
    assert unused == set()


def test_every_response_that_code_says_exists() -> None:
    """A missing text would be found by the person who needs it."""
    there = set(responses())
    said, patterns = names_in_code()
    assert {name for name in said if name not in there and name != "utter_message"} == set()
    assert [each.pattern for each in patterns if not any(map(each.fullmatch, there))] == []


def test_every_intent_has_examples_and_the_reverse() -> None:
    """Each intent of the domain can be understood; none is trained that nobody decides on."""
    trained = {
        item["intent"]
        for path in (ROOT / "data" / "nlu").glob("*.yml")
        for item in yaml.safe_load(path.read_text("utf-8"))["nlu"]
        if "intent" in item
    }
    assert trained == set(DOMAIN["intents"]) - {"nlu_fallback"}


def test_the_tree_of_the_readme_exists() -> None:
    """Every folder and file that README shows is there."""
    tree = re.search(r"```text\n(.*?)```", README, flags=re.DOTALL)
    assert tree is not None
    shown = [line.split()[0] for line in tree[1].splitlines() if line.strip()]
    linked = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)
    quoted = re.findall(r"`([\w.-]+/[\w./-]*)`", README)
    assert shown
    assert [name for name in (*shown, *linked, *quoted) if not (ROOT / name).exists()] == []


def test_the_commands_of_the_readme_exist() -> None:
    """Every make target and every command that README names can be run."""
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, flags=re.MULTILINE))
    shown = " ".join(re.findall(r"`.*?`|^\$ [^#\n]*", README, flags=re.MULTILINE))
    named = set(re.findall(r"\bmake ([a-z]+)", shown))
    assert named
    assert named <= targets
    group = typer.main.get_command(app)
    known = set(getattr(group, "commands", {}))
    assert set(re.findall(r"\./tanyadulu ([a-z]+)", shown)) <= known


def test_make_help_names_every_target() -> None:
    """`make help` comes from the comments, so none may lack one."""
    makefile = (ROOT / "Makefile").read_text("utf-8")
    phony = re.search(r"^\.PHONY: (.*)$", makefile, flags=re.MULTILINE)
    assert phony is not None
    explained = re.findall(r"^([a-z]+):.*?## \S", makefile, flags=re.MULTILINE)
    assert sorted(explained) == sorted(phony[1].split())


def test_no_registry_is_named() -> None:
    """Where packages come from is the business of the machine."""
    found = [
        (name, host) for name, text in tracked() for host in REGISTRIES if host in text.lower()
    ]
    assert found == []


def test_no_number_of_a_person() -> None:
    """Phone numbers stand in the directory, each with its source, and nowhere else."""
    found = [
        (name, match[0])
        for name, text in tracked()
        if not name.startswith(("data/directory/", "requirements/"))
        for pattern in (MOBILE, ABROAD)
        for match in pattern.finditer(text)
        if not EXAMPLE.search(match[0]) and sum(map(str.isdigit, match[0])) >= SHORTEST_NUMBER
    ]
    assert found == []


def test_tests_run_on_the_versions_that_are_delivered() -> None:
    """The developers' lock holds every package of the service, in the same version."""
    pins = {
        name: set(re.findall(r"^[\w.-]+==[^ ]+", (ROOT / lock).read_text(), flags=re.MULTILINE))
        for name, lock in (("service", "requirements/service.txt"), ("dev", "requirements/dev.txt"))
    }
    assert pins["service"]
    assert pins["service"] <= pins["dev"]


def test_the_set_up_runs_on_any_python() -> None:
    """Before anything is installed there may be no more than Python 3.8."""
    text = Path(environments.__file__).read_text("utf-8")
    tree = ast.parse(text, feature_version=(3, 8))
    modules = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert not any(module and module.startswith("bot") for module in modules)


def test_migrations_run_up_and_down_and_leave_no_drift(tmp_path: Path) -> None:
    """The migrations make exactly the tables of tables.py, and can take all of them away."""
    engine = open_engine(f"sqlite:///{tmp_path / 'empty.db'}")
    upgrade(engine)
    assert is_current(engine)
    with engine.connect() as connection, connection.begin():
        command.check(config(connection))
    with engine.connect() as connection, connection.begin():
        command.downgrade(config(connection), "base")
    with engine.connect() as connection:
        left = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'")
        assert {row[0] for row in left} <= {"alembic_version", "sqlite_sequence"}
    upgrade(engine)
    assert is_current(engine)
    engine.dispose()
