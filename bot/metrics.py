"""What Prometheus reads: counts and ages, never anything about one person."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from prometheus_client import CollectorRegistry, PlatformCollector, ProcessCollector
from prometheus_client.core import (
    CounterMetricFamily,
    Exemplar,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from bot.bootstrap import App
from bot.domain.auditor import Code
from bot.domain.channels import CANARY, RULES
from bot.domain.pages import PageEvent
from bot.services.watchman import WATCH
from bot.store.unit_of_work import SqlUnitOfWork

HANDED_BUCKETS = (0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300)
TAKEN_BUCKETS = (30, 60, 120, 300, 600, 900, 1800, 3600, 4 * 3600)


class StoreCollector(Collector):
    """Reads the store at each scrape, so that restarts lose no count."""

    def __init__(self, app: App) -> None:
        self._app = app

    def collect(self) -> Iterator[Metric]:
        """Waiting work, alarms, open cases by urgency, and how the channels stand."""
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
        yield from database.read(_channels)
        yield from database.read(lambda uow: _watch(uow, now))
        yield from database.read(_pages)
        refused = CounterMetricFamily(
            "tanyadulu_refused_requests",
            "Requests that this process refused at a webhook",
            labels=["channel", "reason"],
        )
        for labels, count in self._app.refused.copy().items():
            refused.add_metric(labels, count)
        yield refused


def _pages(uow: SqlUnitOfWork) -> tuple[Metric, ...]:
    """How pages go, and how long people in need wait for them."""
    events = CounterMetricFamily(
        "tanyadulu_pages", "What became of pages to staff", labels=["event", "channel"]
    )
    for labels, count in sorted(uow.pages.event_counts().items()):
        events.add_metric(labels, count)
    handed = uow.pages.first_moments(PageEvent.SENT, PageEvent.REPEATED)
    taken = uow.pages.first_moments(PageEvent.ACKNOWLEDGED)
    return (
        events,
        _waits(
            "tanyadulu_page_handed_seconds",
            "From the opening of a case to its first page at a provider",
            HANDED_BUCKETS,
            handed,
        ),
        _waits(
            "tanyadulu_acknowledged_seconds",
            "From the opening of a case to somebody who has it",
            TAKEN_BUCKETS,
            taken,
        ),
    )


def _waits(
    name: str,
    meaning: str,
    limits: Sequence[float],
    moments: Sequence[tuple[str, datetime, datetime]],
) -> HistogramMetricFamily:
    """A histogram; each bucket has the trace of its newest case as an exemplar."""
    waits = [
        (max(0.0, (at - opened).total_seconds()), trace, at.timestamp())
        for trace, opened, at in moments
    ]
    buckets: list[tuple[str, float] | tuple[str, float, Exemplar]] = []
    below = -1.0
    for limit in (*limits, math.inf):
        label = "+Inf" if math.isinf(limit) else str(float(limit))
        inside = [found for found in waits if below < found[0] <= limit]
        count = sum(found[0] <= limit for found in waits)
        if inside:
            seconds, trace, at = inside[-1]
            buckets.append((label, count, Exemplar({"trace_id": trace}, seconds, at)))
        else:
            buckets.append((label, count))
        below = limit
    made = HistogramMetricFamily(name, meaning)
    made.add_metric([], buckets, sum_value=sum(found[0] for found in waits))
    return made


def _channels(uow: SqlUnitOfWork) -> tuple[Metric, ...]:
    """What did not get through, in either direction."""
    figures = uow.figures
    uncertain = CounterMetricFamily(
        "tanyadulu_outbound_uncertain",
        "Sends whose outcome nobody knew; each may have reached a person twice",
        value=figures.uncertain_sends(),
    )
    opened = figures.opened_channels()
    known = sorted({*RULES, *opened} - {CANARY})
    return (
        _labelled(
            "tanyadulu_outbound_stuck",
            "Texts to people that wait or did not get through",
            "state",
            figures.outbound_stuck(),
        ),
        uncertain,
        _labelled("tanyadulu_files", "Files that people sent", "state", figures.files()),
        _labelled(
            "tanyadulu_quarantine_held",
            "Refused requests that wait for a decision",
            "channel",
            uow.quarantine.held_counts(),
        ),
        _labelled(
            "tanyadulu_channel_open",
            "Whether a channel was opened for real",
            "channel",
            {channel: int(channel in opened) for channel in known},
        ),
        _labelled(
            "tanyadulu_people_unreachable",
            "People whom nothing reaches in a channel any more",
            "channel",
            dict.fromkeys(known, 0) | dict(figures.unreachable()),
        ),
    )


def _watch(uow: SqlUnitOfWork, now: datetime) -> tuple[Metric, ...]:
    """What the watchman found at its last look, and when everything was last seen."""
    kinds = Counter(alarm.kind for alarm in uow.alarms.standing())
    found = {code.value: kinds[f"{WATCH}{code}"] for code in Code}
    ages = {beat.name: max(0.0, (now - beat.at).total_seconds()) for beat in uow.beats.all()}
    run, good_at = uow.canary.latest(), uow.canary.good_at()
    seconds = {} if run is None or run.seconds is None else {"acknowledged": run.seconds}
    if run is not None and run.paged_at is not None:
        seconds["paged"] = (run.paged_at - run.started_at).total_seconds()
    canary_age = {} if good_at is None else {"good": max(0.0, (now - good_at).total_seconds())}
    return (
        _labelled("tanyadulu_findings", "What the watchman found", "code", found),
        _labelled("tanyadulu_beat_age_seconds", "Since it was last seen to work", "name", ages),
        _labelled(
            "tanyadulu_canary_seconds",
            "From the last test report to its page and its acknowledgement",
            "until",
            seconds,
        ),
        _labelled(
            "tanyadulu_canary_age_seconds", "Age of the last good test report", "run", canary_age
        ),
    )


def _labelled(
    name: str, meaning: str, label: str, values: Mapping[str, float]
) -> GaugeMetricFamily:
    made = GaugeMetricFamily(name, meaning, labels=[label])
    for value, count in values.items():
        made.add_metric([value], count)
    return made


def _gauge(name: str, meaning: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, meaning, value=value)


def registry(app: App) -> CollectorRegistry:
    """All metrics of one server process."""
    made = CollectorRegistry()
    PlatformCollector(made)
    ProcessCollector(registry=made)
    made.register(StoreCollector(app))
    return made
