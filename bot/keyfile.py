"""A key that is made once and kept in a file of its owner."""

from __future__ import annotations

import base64
import os
from pathlib import Path


def new_key() -> str:
    """32 random bytes in URL-safe base64, as a key stands in the settings."""
    return base64.urlsafe_b64encode(os.urandom(32)).decode()


def kept_key(path: Path) -> str:
    """The key in a file, 32 random bytes in URL-safe base64; made first when there is none."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    key = new_key()
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(key)
        file.flush()
        # Data sealed with it must not outlive it in a power cut.
        os.fsync(file.fileno())
    return key
