"""Members who all say "I have it" at once: `python -m tests.services.racers`, started many times.

The first line of the standard input says what to do; when it is ready the process says so, waits
for the second line, and then each channel is a thread that answers page after page.
"""

from __future__ import annotations

import json
import logging
import sys
import threading
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import structlog

from bot.bootstrap import App, build
from bot.language.understanding import Understander
from bot.services.acknowledging import (
    Acknowledged,
    acknowledge_case,
    acknowledge_code,
    acknowledge_page,
    acknowledge_token,
)
from bot.settings import Settings
from bot.store.unit_of_work import SqlUnitOfWork
from tests.hotline import START, Phones

type Saying = Callable[[Mapping[str, Any], SqlUnitOfWork], Acknowledged]


def channels(app: App) -> dict[str, Saying]:
    """How a page is answered on each channel; a page has its id, member, code, link and case."""
    office = app.office
    return {
        "telegram_staff": lambda page, uow: acknowledge_page(
            uow, page["id"], page["staff"], "telegram_staff", office, START
        ),
        "sms": lambda page, uow: acknowledge_code(
            uow, page["staff"], page["code"], "sms", office, START
        ),
        "voice": lambda page, uow: acknowledge_page(
            uow, page["id"], page["staff"], "voice", office, START
        ),
        "link": lambda page, uow: acknowledge_token(uow, page["token"], office, START),
        "console": lambda page, uow: acknowledge_case(
            uow, uow.cases.get(page["case"]), page["staff"], office, START
        ),
    }


def main() -> None:
    """Race, and tell what each of them was answered."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    order = json.loads(sys.stdin.readline())
    values = {
        "tanyadulu_data_dir": Path(order["folder"]),
        "database_url": order["url"],
        "master_keys": order["keys"],
        "tanyadulu_picture_seconds": 0,
    }
    phones = {"phone": Phones(), "screen": Phones()}
    app = build(Settings.model_validate(values), reader=Understander(None), senders=phones)
    told: list[dict[str, str]] = []

    def answers(channel: str, says: Saying) -> None:
        for number in range(order["times"]):
            page = order["pages"][(number + order["first"]) % len(order["pages"])]
            said = app.database.write(partial(says, page)).result()
            told.append(
                {
                    "channel": channel,
                    "staff": page["staff"],
                    "answer": said.answer,
                    "reference": said.reference,
                    "holder": said.holder_label,
                }
            )

    racing = [threading.Thread(target=answers, args=pair) for pair in channels(app).items()]
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    for thread in racing:
        thread.start()
    for thread in racing:
        thread.join()
    app.database.close()
    app.database.vault.close()
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
