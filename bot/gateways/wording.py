"""Reads the wording of the bot from the responses that Rasa uses too."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from bot.domain.messages import Button, Reply


class ResponseFiles:
    """The texts of data/responses/*.yml by name."""

    def __init__(self, folder: Path) -> None:
        self._texts: dict[str, Mapping[str, Any]] = {}
        for path in sorted(folder.glob("*.yml")):
            responses = yaml.safe_load(path.read_text(encoding="utf-8"))["responses"]
            for name, variants in responses.items():
                self._texts[name] = variants[0]
        if not self._texts:
            raise FileNotFoundError(f"no responses in {folder}")

    def say(self, name: str, **values: str) -> Reply:
        """See bot.ports.Wording; a value that the text does not name is ignored.

        A value at the end of a line may be empty: no space is left in its place.
        """
        response = self._texts[name]
        filled = str(response["text"]).format_map(values).strip()
        text = "\n".join(line.rstrip() for line in filled.splitlines())
        buttons = response.get("buttons", ())
        return Reply(text, tuple(Button(item["title"], item["payload"]) for item in buttons))

    @property
    def names(self) -> frozenset[str]:
        """All names that can be said."""
        return frozenset(self._texts)
