"""A process that takes a voice note in and dies at one step: `python -m tests.faults.dying_fetcher`.

DIE_AT is "where:when:nth": where is the function that writes, when is `before` or `after` its
commit, nth counts its commits. Without DIE_AT it fetches the file to the end.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections import Counter
from dataclasses import fields
from typing import ClassVar

from bot.bootstrap import App, build
from bot.domain.media import PIECE_BYTES
from bot.domain.messages import Attachment, InboundMessage, Kind
from bot.fetching import Fetching
from bot.settings import Settings
from bot.store.database import Job
from channels.inbound import take_in
from tests.media import FakeMedia

REFERENCE = "voice note"
# Three pieces, the last one smaller, and no two parts alike.
BODY = b"OggS" + b"".join(number.to_bytes(4) for number in range(PIECE_BYTES * 5 // 8))


class DyingApp(App):
    """An App whose writes can be the last thing that its process does."""

    done: ClassVar[Counter[str]] = Counter()

    async def write[T](self, job: Job[T]) -> T:
        """Write, or die before or after it."""
        where, when, nth = os.environ.get("DIE_AT", "::0").split(":")
        here = sys._getframe(1).f_code.co_name
        self.done[here] += 1
        is_it = here == where and self.done[here] == int(nth)
        if is_it and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        result = await super().write(job)
        if is_it:
            os.kill(os.getpid(), signal.SIGKILL)
        return result


async def main() -> None:
    """Take the message in, fetch its file, have it forgotten."""
    whole = build(Settings.model_validate({}), media={"web": FakeMedia({REFERENCE: BODY})})
    app = DyingApp(**{field.name: getattr(whole, field.name) for field in fields(App)})
    files = (Attachment(Kind.VOICE, "audio/ogg", REFERENCE, size=len(BODY)),)
    await take_in(app, InboundMessage("web", "m1", "ani", "", kind=Kind.VOICE, attachments=files))
    fetching = Fetching(app)
    while await fetching.step():
        await asyncio.gather(*fetching.running)
    await app.close()


if __name__ == "__main__":
    asyncio.run(main())
