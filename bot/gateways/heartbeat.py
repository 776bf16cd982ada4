"""Tells a service outside that all is well: when it hears nothing, it wakes somebody by itself."""

from __future__ import annotations

import httpx2

SECONDS = 10.0


async def ping(url: str) -> str | None:
    """Call the address once; None when it was taken, else why not, without the address."""
    try:
        async with httpx2.AsyncClient(
            timeout=SECONDS, follow_redirects=False, trust_env=False
        ) as client:
            answer = await client.get(url)
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        return type(error).__name__
    return None if answer.is_success else f"http_{answer.status_code}"
