"""What the report shows of questions that are answered otherwise."""

from __future__ import annotations

from index.comparison import Moved, Reply
from index.ranking import Decision
from service.pages.moves import moves


def reply(decision: Decision, entry_id: str | None = "a.b", sure: float = 0.9) -> Reply:
    """A reply whose best entry is shown."""
    return Reply(decision, entry_id, entry_id and entry_id.upper(), sure, entry_id)


def moved(before: Reply, after: Reply, gold: str | None = "a.b", verdict: str | None = None) -> Moved:
    """A question between two replies."""
    return Moved("几天到", "plain", gold, verdict, before, after)


ANSWER, CLARIFY, ABSTAIN = reply("answer"), reply("clarify"), reply("abstain")


def test_a_question_that_is_ready_to_send_no_more_is_a_loss() -> None:
    """Also where its entry still comes first, and of real questions, for which nobody knows the entry."""
    assert [move.mark for move in moves([moved(ANSWER, CLARIFY), moved(ANSWER, ABSTAIN, gold=None)])] == ["lost"] * 2
    assert [move.mark for move in moves([moved(CLARIFY, ANSWER)])] == ["gained"]


def test_a_wrong_answer_that_is_asked_about_is_no_loss() -> None:
    """It was never right to send it."""
    assert [move.mark for move in moves([moved(reply("answer", "x.y"), reply("clarify", "x.y"))])] == ["other"]


def test_what_the_gate_judged_keeps_its_verdict() -> None:
    """Worse comes first, then what was lost, then the good, then the rest."""
    rows = [
        moved(reply("clarify", "x.y"), reply("clarify", "x.z")),
        moved(CLARIFY, ANSWER),
        moved(reply("answer", "x.y"), ANSWER, verdict="better"),
        moved(ANSWER, CLARIFY),
        moved(ANSWER, reply("answer", "x.y"), verdict="worse"),
    ]
    assert [move.mark for move in moves(rows)] == ["worse", "lost", "better", "gained", "other"]


def test_a_move_that_no_agent_sees_is_left_out() -> None:
    """Nothing is answered before and after; only what comes nearest crossed the line of what is listed."""
    below = Reply("abstain", None, None, 0.19, "a.b")
    assert moves([moved(below, reply("abstain", sure=0.21), gold=None)]) == []
    assert moves([moved(below, reply("abstain"), verdict="better")]) != []
