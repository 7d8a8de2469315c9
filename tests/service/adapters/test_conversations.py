"""What was said lately."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys

import pytest

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


def test_of_a_conversation_that_is_too_long_the_last_turns_are_kept() -> None:
    """As many as fit, and none of a conversation whose name alone does not; nobody else's are touched."""
    kept = Conversations()
    kept.add("other", "customer", "快递呢")
    for n in range(TURNS):
        kept.add("a", "customer", f"{n}" + "长" * 1900)
    turns = kept.turns("a")
    assert 2 <= len(turns) < TURNS
    assert [turn.text[0] for turn in turns] == [f"{n}" for n in range(TURNS)][-len(turns) :]
    kept.add("long" * module.LONGEST, "customer", "x")
    assert kept.turns("long" * module.LONGEST) == []
    assert [turn.text for turn in kept.turns("other")] == ["快递呢"]


def test_what_is_forgotten_is_in_memory_no_more() -> None:
    """Not a word of it, whether it was forgotten, erased, or made way."""
    kept = Conversations()
    for key in ("a", "b"):
        kept.add(key, "customer", "秘密")
    kept.forget("a")
    kept.erase("b".__eq__)
    assert not kept._texts[:].strip(b"\0")


@pytest.mark.skipif(sys.platform == "win32", reason="workers are forked")
def test_workers_remember_together() -> None:
    """What one was told the other knows; a process that dies while it writes leaves the rest whole."""
    kept = Conversations()
    kept.add("b", "customer", "别的")

    def talk() -> None:
        kept.add("a", "customer", "退款呢")
        kept.forget("b")
        with kept._lock.held():
            kept._wipe(0)
            kept._texts[:10] = b"half a tex"
            os.kill(os.getpid(), signal.SIGKILL)

    context = multiprocessing.get_context("fork")
    other = context.Process(target=talk)
    other.start()
    other.join(10)
    assert other.exitcode == -signal.SIGKILL
    assert [turn.text for turn in kept.turns("a")] == ["退款呢"]
    assert kept.turns("b") == []
    kept.add("c", "customer", "接着来")
    assert [turn.text for turn in kept.turns("c")] == ["接着来"]


def test_a_conversation_is_erased_by_the_id_that_the_query_log_has() -> None:
    """Chatwoot's is the key itself, Rasa's stands behind its name; every other stays."""
    kept = Conversations()
    for key in ("chatwoot:3:12", "rasa:u-1", "rasa:u-12"):
        kept.add(key, "customer", "x")
    for conversation_id in ("chatwoot:3:12", "u-1", "unknown"):
        kept.erase(conversation_id.__eq__)
    assert [bool(kept.turns(key)) for key in ("chatwoot:3:12", "rasa:u-1", "rasa:u-12")] == [False, False, True]
