"""The counters on their own; what the service counts is tested where it does."""

from __future__ import annotations

from prometheus_client import generate_latest

from service.metrics import Metrics, Now

NOW = Now(version="aaaa", entries=3, age=60.5, refused=True, waiting=2, database=True, free=1024)


def test_what_is_now_is_shown_beside_what_was_counted() -> None:
    """The live index with its entries and age, whether one is refused, who waits, the database, the disk, memory."""
    metrics = Metrics()
    metrics.decisions.labels("answer").inc()
    lines = metrics.text(NOW).decode().splitlines()
    assert 'huashu_index_info{version="aaaa"} 3.0' in lines
    assert "huashu_index_age_seconds 60.5" in lines
    assert "huashu_index_refused 1.0" in lines
    assert "huashu_waiting 2.0" in lines
    assert "huashu_database_up 1.0" in lines
    assert "huashu_disk_free_bytes 1024.0" in lines
    assert 'huashu_decisions_total{decision="answer"} 1.0' in lines
    assert any(line.startswith("process_resident_memory_bytes ") for line in lines)


def test_what_is_not_there_is_not_shown() -> None:
    """No index has no age; what never happened is zero, so that the first time is seen as a rise."""
    text = Metrics().text(Now(None, 0, None, False, 0, False, 0)).decode()
    assert "huashu_index_info{" not in text
    assert "\nhuashu_index_age_seconds" not in text
    assert "huashu_database_up 0.0" in text
    assert 'huashu_refused_total{reason="busy"} 0.0' in text
    assert 'huashu_refused_total{reason="rate"} 0.0' in text


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
