"""Counters and histograms for Prometheus, in a registry of the app's own. No text of a customer is in a label."""

from __future__ import annotations

import os
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

# prometheus-client's own name of the folder in which several workers count together.
SHARED = "PROMETHEUS_MULTIPROC_DIR"

SECONDS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5)


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

    def text(self, version: str | None, entries: int, waiting: int) -> bytes:
        """All figures in Prometheus' format: what was counted, by every worker where there are several, and how it is
        now in this one: the live index (None for none) with its number of entries, and how many queries wait.
        """
        counted = self.registry
        if SHARED in os.environ:
            counted = CollectorRegistry()
            MultiProcessCollector(counted)  # type: ignore[no-untyped-call]
        now = CollectorRegistry()
        now.register(_Now(version, entries, waiting))
        return bytes(generate_latest(counted) + generate_latest(now))


class _Now(Collector):
    """What is not counted but looked at."""

    def __init__(self, version: str | None, entries: int, waiting: int) -> None:
        self._version = version
        self._entries = entries
        self._waiting = waiting

    def collect(self) -> Iterator[GaugeMetricFamily]:
        index = GaugeMetricFamily(
            "huashu_index_info", "The live index; the value is its number of entries", labels=("version",)
        )
        if self._version is not None:
            index.add_metric([self._version], self._entries)
        yield index
        yield GaugeMetricFamily("huashu_waiting", "Queries that wait for their turn in this worker", self._waiting)
