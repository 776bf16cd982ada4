"""All commands at a glance; each is done by the module of its name.

A command imports what it needs when it is called: `--help` must not wait for spaCy.
"""
# ruff: noqa: PLC0415 - see above

from __future__ import annotations

import sys
import warnings
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    name="tanyadulu",
    help="Ask first: checks job offers, takes reports, and wakes a person when there is danger.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
staff_app = typer.Typer(help="The people who may use the console.", no_args_is_help=True)
app.add_typer(staff_app, name="staff")
oncall_app = typer.Typer(help="Who is on call, and when.", no_args_is_help=True)
app.add_typer(oncall_app, name="oncall")
agencies_app = typer.Typer(help="Lists of licensed placement companies.", no_args_is_help=True)
app.add_typer(agencies_app, name="agencies")
policy_app = typer.Typer(help="Whom cases page, and in which order.", no_args_is_help=True)
app.add_typer(policy_app, name="policy")

JsonLines = Annotated[
    bool, typer.Option("--jsonl", help="One JSON object a line, in from stdin and out to stdout.")
]


@app.command()
def up() -> None:
    """Start everything, say Ready, and keep it running until Ctrl-C or SIGTERM."""
    from bot.cli import up as command

    command.run()


@app.command()
def doctor() -> None:
    """Check every setting, connection, model and clock, and say how to mend each."""
    from bot.cli import doctor as command

    command.run()


@app.command()
def train(
    *, force: Annotated[bool, typer.Option(help="Train even when nothing has changed.")] = False
) -> None:
    """Train the model when it is missing or older than its data."""
    from bot.cli import train as command

    command.run(force=force)


@app.command()
def understand(*, jsonl: JsonLines = False) -> None:
    """Read {"id","text"}, write intent, entities, urgency and danger signals."""
    from bot.cli import understand as command

    if not jsonl:
        raise typer.BadParameter("messages come as lines: give --jsonl")
    command.run()


@app.command()
def evaluate(
    files: Annotated[list[Path], typer.Argument(metavar="FILE.jsonl", show_default=False)],
    *,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object instead of tables.")
    ] = False,
    save: Annotated[Path | None, typer.Option(help="Write that JSON to a file too.")] = None,
    picture: Annotated[Path | None, typer.Option(help="Draw the figures into a PNG.")] = None,
    accept: Annotated[
        bool, typer.Option("--accept", help="Make these figures the baseline of the tests.")
    ] = False,
) -> None:
    """Measure how well labelled messages are understood, or labelled offers are checked.

    Each line is {"id","text","intent","urgency"}, with "voice" (who speaks like that) and "kind"
    (ordinary, negative for a hard negative, oblique for an oblique emergency) where known; or
    {"id","text","label","flags","signals"}, where the label is scam, mixed or legit.
    """
    from bot.cli import evaluate as command

    command.run(files, as_json=as_json, save=save, picture=picture, accept=accept)


@app.command()
def check(
    file: Annotated[
        Path | None, typer.Argument(help="A text, a picture or a PDF; - for stdin.")
    ] = None,
    *,
    jsonl: JsonLines = False,
) -> None:
    """Check a job offer for red flags: a file for people, or lines for programs."""
    if jsonl == (file is not None):
        raise typer.BadParameter("give either a FILE or --jsonl")
    if file is None:
        from bot.cli import check as lines

        lines.run()
    else:
        from bot.cli import check_file as command

        command.run(file)


@app.command()
def chat(*, jsonl: JsonLines = False) -> None:
    """Talk to the running server as a person would."""
    from bot.cli import chat as command

    command.run(jsonl=jsonl)


@app.command()
def review(
    *,
    days: Annotated[int, typer.Option(min=1, help="How far back.")] = 14,
    limit: Annotated[int, typer.Option(min=1, help="How many messages at most.")] = 50,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print them as lines and ask nothing.")
    ] = False,
    accept: Annotated[
        Path | None,
        typer.Option(help='Add the {"text","intent","urgency"} lines of a file; - for stdin.'),
    ] = None,
    examples: Annotated[
        Path | None, typer.Option(help="Folder of the examples [default: data/nlu]")
    ] = None,
) -> None:
    """Teach the assistant: say what messages meant that it was not sure of."""
    if as_json and accept is not None:
        raise typer.BadParameter("give either --json or --accept FILE")
    from bot.cli import review as command

    if accept is not None:
        command.accept(accept, examples)
    elif as_json:
        command.show(days, limit, examples)
    else:
        command.teach(days, limit, examples)


@app.command()
def trace(
    name: Annotated[
        str, typer.Argument(metavar="ID|TD-REFERENCE", help="The trace id, or the case.")
    ],
) -> None:
    """Everything of one case in time order, from tables and logs; no words of people."""
    from bot.cli import trace as command

    command.run(name)


@staff_app.command("add")
def staff_add(
    login: Annotated[str, typer.Argument(help="Name to sign in with.")],
    *,
    role: Annotated[
        str, typer.Option(help="caseworker, supervisor or administrator.")
    ] = "caseworker",
) -> None:
    """Add somebody; the password is asked for, or read from stdin."""
    from bot.cli import staff as command

    command.add(login, role)


@staff_app.command("contact")
def staff_contact(
    login: Annotated[str, typer.Argument(help="Whom it wakes.")],
    channel: Annotated[str, typer.Argument(help="A channel that is set up, such as email.")],
    address: Annotated[str, typer.Argument(help="Where a page goes; not for Telegram.")] = "",
) -> None:
    """Add a way to wake somebody; a code is sent there and asked for."""
    from bot.cli import staff as command

    command.contact(login, channel, address)


@staff_app.command("list")
def staff_list() -> None:
    """Everybody, with role, state and ways to be paged."""
    from bot.cli import staff as command

    command.show()


@staff_app.command("disable")
def staff_disable(
    login: Annotated[str, typer.Argument(help="Name of whoever must not sign in any more.")],
) -> None:
    """End somebody's sessions and let nobody sign in under this name."""
    from bot.cli import staff as command

    command.disable(login)


@oncall_app.command("show")
def oncall_show(
    *,
    zone: Annotated[str, typer.Option(help="WIB, WITA or WIT [default: TZ_DEFAULT]")] = "",
) -> None:
    """The coming two weeks: who is on call when, and when nobody is."""
    from bot.cli import oncall as command

    command.show(zone)


@oncall_app.command("set")
def oncall_set(
    file: Annotated[Path, typer.Argument(metavar="FILE.yml", help="docs/rota.example.yml")],
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Write without asking.")] = False,
) -> None:
    """Put the rotations and holidays of a file in the place of those that are there."""
    from bot.cli import oncall as command

    command.take_in(file, yes=yes)


@agencies_app.command("import")
def agencies_import(
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help="The table, with a header.")],
    *,
    source: Annotated[str, typer.Option(help="Where it is from, when no column says it.")] = "",
    as_of: Annotated[str, typer.Option(help="Its date, when no column says it.")] = "",
    force: Annotated[
        bool, typer.Option("--force", help="Take it although it is much smaller than before.")
    ] = False,
) -> None:
    """Put a list in the place of the one of the same source: the whole file, or nothing of it."""
    from bot.cli import agencies as command

    command.take_in(file, source, as_of, force=force)


@agencies_app.command("show")
def agencies_show(
    name: Annotated[str | None, typer.Argument(help="A company or a licence number.")] = None,
) -> None:
    """The lists with their dates, or what they say about a company and what people hear."""
    from bot.cli import agencies as command

    command.show(name)


@agencies_app.command("remove")
def agencies_remove(
    source: Annotated[str, typer.Argument(help="The source as `show` names it.")],
) -> None:
    """Take the list of a source away."""
    from bot.cli import agencies as command

    command.remove(source)


@policy_app.command("show")
def policy_show() -> None:
    """All policies, as a file that `set` takes."""
    from bot.cli import policy as command

    command.show()


@policy_app.command("set")
def policy_set(
    file: Annotated[Path, typer.Argument(metavar="FILE.yml", help="Policies as `show` prints.")],
) -> None:
    """Change the policies that the file names, for all cases that begin to page from now on."""
    from bot.cli import policy as command

    command.put(file)


@policy_app.command("reset")
def policy_reset() -> None:
    """Back to the policies of the product."""
    from bot.cli import policy as command

    command.reset()


KeyFile = Annotated[
    Path | None,
    typer.Option("--keys", help="File of the newest keys [default: keys/newest.keys beside FILE]"),
]


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="Where the data goes.")], *, keys: KeyFile = None
) -> None:
    """Write the data to FILE, and the keys to a file of their own, while everything runs."""
    from bot.cli import backup as command

    command.backup(file, keys)


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A backup of any database.")],
    *,
    keys: KeyFile = None,
    replace: Annotated[bool, typer.Option("--replace", help="Lose what is there now.")] = False,
) -> None:
    """Fill the empty database that settings name from FILE and the newest keys."""
    from bot.cli import backup as command

    command.restore(file, keys, replace=replace)


@app.command()
def setup(
    *,
    dev: Annotated[bool, typer.Option("--dev", help="Tools for tests and checks.")] = False,
    rasa: Annotated[bool, typer.Option("--rasa", help="Rasa's own environment.")] = False,
    browser: Annotated[bool, typer.Option("--browser", help="Chromium, for tests.")] = False,
) -> None:
    """Install what is missing and do nothing else."""
    from bot.cli import setup as command

    command.run(dev=dev, rasa=rasa, browser=browser)


@app.command(hidden=True)
def lock() -> None:
    """Write requirements/*.txt anew."""
    from bot.cli import setup as command

    command.lock()


@app.command(hidden=True)
def serve(
    *, worker: Annotated[bool, typer.Option(help="Run the worker in this process too.")] = True
) -> None:
    """The server process that `up` starts."""
    from bot.cli import serve as command

    command.run(with_worker=worker)


@app.command()
def drill(
    *,
    member: Annotated[
        str | None, typer.Option(help="Login of whom to call [default: whoever is on call]")
    ] = None,
    minutes: Annotated[int, typer.Option(min=1, max=60, help="How long to wait.")] = 10,
) -> None:
    """Call whoever is on call with real phones, as practice, and show live what becomes of it."""
    from bot.cli import drill as command

    command.run(member, minutes)


@app.command()
def watch() -> None:
    """Look at everything each minute, raise alarms, wake people, tell HEARTBEAT_URL when all is well."""
    from bot.cli import watch as command

    command.run()


@app.command(hidden=True)
def work() -> None:
    """A worker in a process of its own, beside servers that run none."""
    from bot.cli import work as command

    command.run()


def run() -> None:
    """Run the command line; an error is one line on stderr (1: it failed, 2: wrong use)."""
    warnings.formatwarning = lambda message, *_, **__: f"Warning: {message}\n"
    try:
        status = app(prog_name="tanyadulu", standalone_mode=False)
    except typer.TyperException as error:
        message = " ".join(error.format_message().split())
        if message:  # without arguments the help was shown
            print(f"tanyadulu: {message}", file=sys.stderr)
        sys.exit(error.exit_code)
    except (typer.Abort, KeyboardInterrupt):
        sys.exit(130)
    except BrokenPipeError:  # whoever read our output has seen enough
        sys.stderr.close()
        sys.exit(1)
    sys.exit(status if isinstance(status, int) else 0)
