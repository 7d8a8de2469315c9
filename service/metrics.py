"""Counters and histograms for Prometheus, in a registry of the app's own. No text of a customer is in a label."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

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
        self.feedback = Counter(
            "huashu_feedback", "Feedback kept, the same again left out", ("act", "source"), registry=self.registry
        )
        self.log_kept = Counter("huashu_query_log_kept", "Queries written to the log", registry=self.registry)
        self.log_lost = Counter(
            "huashu_query_log_lost", "Queries the log had to drop, by reason", ("reason",), registry=self.registry
        )
        self.index = Gauge(
            "huashu_index_info",
            "The live index; the value is its number of entries",
            ("version",),
            registry=self.registry,
        )

    def show_index(self, version: str | None, entries: int) -> None:
        """Make `version` the only index shown."""
        self.index.clear()
        if version is not None:
            self.index.labels(version).set(entries)
