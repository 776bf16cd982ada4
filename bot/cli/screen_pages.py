"""Shows on the terminal of `up` the pages that found no other way to anybody."""

from __future__ import annotations

from pathlib import Path

from bot.gateways.screen import MARK


class ScreenPages:
    """Reads what the server process writes for the screen, from its log."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self._read = 0

    def new(self) -> list[str]:
        """The pages since the last call; half a line waits for its end."""
        try:
            with self._log.open("rb") as file:
                file.seek(self._read)
                written = file.read()
        except OSError:
            return []
        whole = written[: written.rfind(b"\n") + 1]
        self._read += len(whole)
        lines = whole.decode("utf-8", "replace").splitlines()
        return [line for line in lines if line.startswith(MARK)]
