"""What Prometheus reads: counts and ages, never anything about one person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, PlatformCollector, ProcessCollector
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from bot.bootstrap import App


class StoreCollector(Collector):
    """Reads the store at each scrape, so that restarts lose no count."""

    def __init__(self, app: App) -> None:
        self._app = app

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Waiting work, alarms, and open cases by urgency."""
        database = self._app.database
        waiting, oldest = database.read(lambda uow: uow.turns.waiting())
        now = self._app.clock.now()
        age = 0.0 if oldest is None else max(0.0, (now - oldest).total_seconds())
        yield _gauge("tanyadulu_turns_open", "Turns that wait for their answer", waiting)
        yield _gauge("tanyadulu_turn_oldest_seconds", "Age of the oldest open turn", age)
        unsent = database.read(lambda uow: uow.outbox.unsent_count())
        yield _gauge("tanyadulu_outbound_unsent", "Texts and pages that have not left", unsent)
        alarms = database.read(lambda uow: uow.alarms.standing())
        by_kind = GaugeMetricFamily("tanyadulu_alarms", "Standing alarms", labels=["kind"])
        for kind, count in Counter(alarm.kind for alarm in alarms).items():
            by_kind.add_metric([kind], count)
        yield by_kind
        cases = database.read(lambda uow: uow.cases.open_counts())
        by_urgency = GaugeMetricFamily("tanyadulu_cases_open", "Open cases", labels=["urgency"])
        for urgency, count in cases.items():
            by_urgency.add_metric([urgency], count)
        yield by_urgency


def _gauge(name: str, meaning: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, meaning, value=value)


def registry(app: App) -> CollectorRegistry:
    """All metrics of one server process."""
    made = CollectorRegistry()
    PlatformCollector(made)
    ProcessCollector(registry=made)
    made.register(StoreCollector(app))
    return made
