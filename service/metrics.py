"""Counters and histograms for Prometheus, in a registry of the app's own. No text of a customer is in a label."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

# prometheus-client's own name of the folder in which several workers count together.
SHARED = "PROMETHEUS_MULTIPROC_DIR"

SECONDS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5)


@dataclass(frozen=True)
class Now:
    """What is not counted but looked at: the live index (None for none) with its number of entries and the seconds
    since it was published (None where nobody wrote that down), whether a newer one is refused, how many queries wait,
    whether the database answers, and the bytes free where the home lies.
    """

    version: str | None
    entries: int
    age: float | None
    refused: bool
    waiting: int
    database: bool
    free: int


class Metrics:
    """What the service counts."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "huashu_requests", "HTTP requests", ("method", "route", "status"), registry=self.registry
        )
        self.seconds = Histogram(
            "huashu_request_seconds",
            "Time to answer an HTTP request",
            ("route",),
            buckets=SECONDS,
            registry=self.registry,
        )
        self.decisions = Counter("huashu_decisions", "Decisions on queries", ("decision",), registry=self.registry)
        self.escalations = Counter(
            "huashu_escalations", "Escalation hints", ("level", "target"), registry=self.registry
        )
        self.log_kept = Counter("huashu_query_log_kept", "Queries written to the log", registry=self.registry)
        self.log_lost = Counter(
            "huashu_query_log_lost", "Queries the log had to drop, by reason", ("reason",), registry=self.registry
        )
        self.feedback = Counter(
            "huashu_feedback", "Feedback kept, the same again left out", ("act", "source"), registry=self.registry
        )

        self.refused = Counter(
            "huashu_refused",
            "Requests turned away: busy where too many queries wait, rate where one asker sent too many",
            ("reason",),
            registry=self.registry,
        )
        for reason in ("busy", "rate"):  # there from the start, so that the first one is seen as a rise
            self.refused.labels(reason)

    def text(self, now: Now) -> bytes:
        """All figures in Prometheus' format: what was counted, by every worker where there are several, and how it is
        now in this one, with the memory, files and processor time of its process.
        """
        counted = self.registry
        if SHARED in os.environ:
            counted = CollectorRegistry()
            MultiProcessCollector(counted)  # type: ignore[no-untyped-call]
        looked = CollectorRegistry()
        looked.register(_Looked(now))
        ProcessCollector(registry=looked)
        return bytes(generate_latest(counted) + generate_latest(looked))


class _Looked(Collector):
    """What is now, as gauges."""

    def __init__(self, now: Now) -> None:
        self._now = now

    def collect(self) -> Iterator[GaugeMetricFamily]:
        now = self._now
        index = GaugeMetricFamily(
            "huashu_index_info", "The live index; the value is its number of entries", labels=("version",)
        )
        if now.version is not None:
            index.add_metric([now.version], now.entries)
        yield index
        if now.age is not None:
            yield GaugeMetricFamily("huashu_index_age_seconds", "Since the live index was published", now.age)
        refused = "1 where the published index cannot be used and the one before answers"
        yield GaugeMetricFamily("huashu_index_refused", refused, now.refused)
        yield GaugeMetricFamily("huashu_waiting", "Queries that wait for their turn in this worker", now.waiting)
        yield GaugeMetricFamily("huashu_database_up", "1 where the knowledge database answers", now.database)
        yield GaugeMetricFamily("huashu_disk_free_bytes", "Free where HUASHU_HOME lies", now.free)
