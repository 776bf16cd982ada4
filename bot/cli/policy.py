"""Whom cases page, in which order: showing the policies, changing them, and going back."""

from __future__ import annotations

from pathlib import Path

import structlog
import yaml

from bot.bootstrap import App
from bot.cli.audit import audited
from bot.cli.common import CommandError, WrongUseError, say
from bot.cli.opened import with_app
from bot.domain.oncall import PolicyName
from bot.domain.policy_files import PolicyFileError, plain, read_policies
from bot.services import policies as service
from bot.store.unit_of_work import SqlUnitOfWork

log = structlog.get_logger()


def show() -> None:
    """All policies as a file that `set` takes; a remark says which ones were changed."""

    def read(uow: SqlUnitOfWork) -> str:
        changed = uow.policies.changed()
        lines = []
        for name in PolicyName:
            at = changed.get(name)
            lines.append("# as the product has it" if at is None else f"# changed {at:%Y-%m-%d}")
            data = {name.value: plain(uow.policies.get(name))}
            lines.append(yaml.safe_dump(data, sort_keys=False, allow_unicode=True))
        return "\n".join(lines)

    print(with_app(lambda app: app.read(read)), end="")


def put(file: Path) -> None:
    """Take the policies of a file, all of them or none; those it does not name stay."""
    try:
        data = yaml.safe_load(file.read_text("utf-8"))
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {(error.strerror or '').lower()}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise WrongUseError(f"{file} is no YAML: {str(error).splitlines()[0]}") from error

    async def write(app: App) -> list[str]:
        found = read_policies(data)
        await app.write(lambda uow: service.put(uow, found, app.clock.now()))
        return [name.value for name in found]

    with audited("policy") as by:
        try:
            names = with_app(write)
        except PolicyFileError as error:
            for fault in error.faults:
                say(f"tanyadulu: {file}, {fault}")
            raise WrongUseError(f"{file} cannot be taken: nothing was changed") from error
        log.info("policies_changed", by=by, names=names)
        print(f"Changed: {', '.join(names)}. What already runs goes on as it began.")


def reset() -> None:
    """Back to the policies of the product."""
    with audited("policy") as by:
        with_app(lambda app: app.write(lambda uow: uow.policies.reset()))
        log.info("policies_reset", by=by)
        print("All policies are those of the product again.")
