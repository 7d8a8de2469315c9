"""The counters on their own; what the service counts is tested where it does."""

from __future__ import annotations

from prometheus_client import generate_latest

from service.metrics import Metrics


def shown(metrics: Metrics) -> list[str]:
    """The lines about the index."""
    text = generate_latest(metrics.registry).decode()
    return [line for line in text.splitlines() if line.startswith("huashu_index_info{")]


def test_one_index_is_shown_at_a_time() -> None:
    """The value is its number of entries; None takes it away."""
    metrics = Metrics()
    assert shown(metrics) == []
    metrics.show_index("aaaa", 3)
    assert shown(metrics) == ['huashu_index_info{version="aaaa"} 3.0']
    metrics.show_index("bbbb", 4)
    assert shown(metrics) == ['huashu_index_info{version="bbbb"} 4.0']
    metrics.show_index(None, 0)
    assert shown(metrics) == []


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
