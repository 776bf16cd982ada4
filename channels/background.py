"""What channels do on their own, beside the worker: fetch what no webhook brought."""

from __future__ import annotations

import asyncio

from bot.bootstrap import App
from channels import telegram_polling, whatsapp_reconcile


async def run(app: App) -> None:
    """Run all of it until cancelled; each part keeps to one process of all by a lease."""
    async with asyncio.TaskGroup() as group:
        group.create_task(telegram_polling.run(app))
        group.create_task(whatsapp_reconcile.run(app))
