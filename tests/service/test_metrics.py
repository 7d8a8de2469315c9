"""The counters on their own; what the service counts is tested where it does."""

from __future__ import annotations

from prometheus_client import generate_latest

from service.metrics import Metrics


def test_what_is_now_is_shown_beside_what_was_counted() -> None:
    """The live index with its number of entries, None for none, and how many queries wait."""
    metrics = Metrics()
    metrics.decisions.labels("answer").inc()
    lines = metrics.text("aaaa", 3, 2).decode().splitlines()
    assert 'huashu_index_info{version="aaaa"} 3.0' in lines
    assert "huashu_waiting 2.0" in lines
    assert 'huashu_decisions_total{decision="answer"} 1.0' in lines
    assert b"huashu_index_info{" not in metrics.text(None, 0, 0)


def test_every_instance_counts_for_itself() -> None:
    """Two apps in one process share nothing, and making a second one does not fail."""
    one, two = Metrics(), Metrics()
    one.decisions.labels("answer").inc()
    assert 'huashu_decisions_total{decision="answer"} 1.0' in generate_latest(one.registry).decode()
    assert "huashu_decisions_total{" not in generate_latest(two.registry).decode()


def test_answers_within_its_promise_can_be_told_apart() -> None:
    """Buckets reach from milliseconds, which a query takes, to seconds, which it must not."""
    metrics = Metrics()
    metrics.seconds.labels("/v1/suggestions").observe(0.004)
    text = generate_latest(metrics.registry).decode()
    assert 'huashu_request_seconds_bucket{le="0.002",route="/v1/suggestions"} 0.0' in text
    assert 'huashu_request_seconds_bucket{le="0.005",route="/v1/suggestions"} 1.0' in text
