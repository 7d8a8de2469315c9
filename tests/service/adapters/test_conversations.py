"""What was said lately."""

from __future__ import annotations

from service.adapters import conversations as module
from service.adapters.conversations import SILENCE, TURNS, Conversations


def test_turns_come_back_in_order() -> None:
    """Of their own conversation only."""
    kept = Conversations()
    kept.add("a", "customer", "退款呢")
    kept.add("b", "customer", "快递呢")
    kept.add("a", "agent", "3 天内")
    assert [(turn.role, turn.text) for turn in kept.turns("a")] == [("customer", "退款呢"), ("agent", "3 天内")]
    assert kept.turns("c") == []


def test_the_oldest_turn_makes_way() -> None:
    """A conversation is bounded, and so is a turn."""
    kept = Conversations()
    for n in range(TURNS + 3):
        kept.add("a", "customer", f"{n}")
    kept.add("a", "agent", "长" * 4000)
    assert kept.turns("a")[0].text == "4"
    assert len(kept.turns("a")) == TURNS
    assert len(kept.turns("a")[-1].text) == 2000


def test_the_conversation_silent_for_longest_makes_way() -> None:
    """There are only so many."""
    kept = Conversations()
    for n in range(module.CONVERSATIONS + 1):
        kept.add(f"{n}", "customer", "x")
    assert kept.turns("0") == []
    assert len(kept.turns("1")) == 1


def test_a_silent_conversation_is_forgotten() -> None:
    """After an hour; what is said then begins a new one."""
    now = [0.0]
    kept = Conversations(lambda: now[0])
    kept.add("a", "customer", "x")
    now[0] = SILENCE
    assert len(kept.turns("a")) == 1
    now[0] = SILENCE + 1
    assert kept.turns("a") == []
    kept.add("a", "customer", "y")
    assert [turn.text for turn in kept.turns("a")] == ["y"]


def test_what_is_no_text_is_not_kept_and_forgetting_is_no_error() -> None:
    """An empty message is no turn."""
    kept = Conversations()
    kept.add("a", "customer", "  ")
    assert kept.turns("a") == []
    kept.add("a", "customer", "x")
    kept.forget("a")
    kept.forget("a")
    assert kept.turns("a") == []


def test_a_conversation_is_erased_by_the_id_that_the_query_log_has() -> None:
    """Chatwoot's is the key itself, Rasa's stands behind its name; every other stays."""
    kept = Conversations()
    for key in ("chatwoot:3:12", "rasa:u-1", "rasa:u-12"):
        kept.add(key, "customer", "x")
    for conversation_id in ("chatwoot:3:12", "u-1", "unknown"):
        kept.erase(conversation_id.__eq__)
    assert [bool(kept.turns(key)) for key in ("chatwoot:3:12", "rasa:u-1", "rasa:u-12")] == [False, False, True]
