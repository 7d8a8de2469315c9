"""Review in the store: what waits, decisions one by one and many at once, comments, and who may."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, create_engine, event, text

from knowledge.errors import DatabaseError, KnowledgeError, NotFound, OwnVersion, StateError
from knowledge.model import Approval
from knowledge.store import Store, reviewing
from tests.knowledge.sample import entry, facts, pack, policy

AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def submit(store: Store, entry_id: str, author: str = "li", minutes: int = 0, comment: str = "") -> int:
    """Bring a new version into review."""
    at = AT + timedelta(minutes=minutes)
    version = store.save(entry(entry_id), author, "", at)
    store.submit(entry_id, version, author, at, comment)
    return version


def test_what_waits_is_listed_newest_first(store: Store) -> None:
    """With who offered it, when, why, and what it would replace; drafts and decided ones are not there."""
    submit(store, "a.x")
    store.approve("a.x", 1, "wang", AT)
    submit(store, "b.x", minutes=1)
    submit(store, "a.x", "zhao", minutes=2, comment="改时限")
    store.save(entry("c.x"), "li", "", AT)
    found = store.waiting()
    assert [(one.record.entry.id, one.record.version, one.live) for one in found] == [("a.x", 2, 1), ("b.x", 1, None)]
    assert (found[0].submitted_by, found[0].comment) == ("zhao", "改时限")
    assert found[0].submitted_at == AT + timedelta(minutes=2)


def test_a_newer_version_comes_in_the_place_of_one_that_waits(store: Store) -> None:
    """Whoever submits it: the older is a draft again, and its audit says so. Another entry's is left alone."""
    submit(store, "a.x")
    submit(store, "b.x")
    submit(store, "a.x", "zhao", minutes=1)
    assert sorted((one.record.entry.id, one.record.version) for one in store.waiting()) == [("a.x", 2), ("b.x", 1)]
    assert store.version("a.x", 1).state == "draft"
    line = next(line for line in store.audit("a.x") if line.act == "withdraw")
    assert (line.version, line.who, line.comment) == (1, "zhao", "version 2 was submitted in its place")


def test_an_older_version_is_not_offered_behind_a_newer_one(store: Store) -> None:
    """The reviewer would have both, and the older could never follow the newer."""
    old = store.save(entry("a.x"), "li", "", AT)
    submit(store, "a.x")
    with pytest.raises(StateError, match="version 1 is older than version 2, which is in review"):
        store.submit("a.x", old, "li", AT)
    assert store.version("a.x", 1).state == "draft"


def test_a_version_submitted_again_has_its_last_submission(store: Store) -> None:
    """Returned and offered once more, it waits since then and with the later comment."""
    submit(store, "a.x")
    store.send_back("a.x", 1, "wang", "不清楚", AT)
    store.submit("a.x", 1, "han", AT + timedelta(hours=1), "改好了")
    (found,) = store.waiting()
    assert (found.submitted_by, found.submitted_at, found.comment) == ("han", AT + timedelta(hours=1), "改好了")


@pytest.mark.parametrize("comment", ["", " \n"])
def test_a_return_says_why(store: Store, comment: str) -> None:
    """Without a word the author would not know what to change; nothing happens."""
    submit(store, "a.x")
    with pytest.raises(KnowledgeError, match="a return without a word"):
        store.send_back("a.x", 1, "wang", comment, AT)
    assert store.version("a.x", 1).state == "in_review"


@pytest.mark.parametrize("who", ["li", " LI ", "han"])
def test_one_withdraws_what_one_wrote_or_submitted(store: Store, who: str) -> None:
    """It is a draft again, and the audit says it was withdrawn."""
    version = store.save(entry("a.x"), "li", "", AT)
    store.submit("a.x", version, "han", AT)
    store.withdraw("a.x", version, who, AT, "还要改")
    assert store.version("a.x", 1).state == "draft"
    last = store.audit("a.x")[-1]
    assert (last.act, last.who, last.comment) == ("withdraw", who, "还要改")


def test_nobody_withdraws_another_ones(store: Store) -> None:
    """Who is neither author nor submitter returns it instead; a draft cannot be withdrawn at all."""
    submit(store, "a.x")
    with pytest.raises(StateError, match=r"was submitted by li and cannot be withdrawn by wang: return it"):
        store.withdraw("a.x", 1, "wang", AT)
    store.withdraw("a.x", 1, "li", AT)
    with pytest.raises(StateError, match="is draft, not in_review"):
        store.withdraw("a.x", 1, "li", AT)


def test_a_comment_changes_nothing_but_the_history(store: Store) -> None:
    """In any state; an empty one and one on what is not there are refused."""
    submit(store, "a.x")
    before = store.version("a.x", 1)
    store.comment("a.x", 1, "wang", "为什么是三天？", AT)
    store.comment("a.x", 1, "li", "财务确认过", AT)
    assert store.version("a.x", 1) == before
    assert [line.comment for line in store.audit("a.x") if line.act == "comment"] == ["为什么是三天？", "财务确认过"]
    with pytest.raises(KnowledgeError, match="a comment without a word"):
        store.comment("a.x", 1, "wang", "  ", AT)
    with pytest.raises(NotFound, match="has no version 9"):
        store.comment("a.x", 9, "wang", "好", AT)


def test_many_decisions_each_stand_alone(store: Store) -> None:
    """What cannot be decided is named and left as it was; the others are done, each with its line of audit."""
    for name in ("a.x", "b.x", "c.x"):
        submit(store, name, "wang" if name == "b.x" else "li")
    wanted = [("a.x", 1), ("b.x", 1), ("a.x", 7), ("none.x", 1), ("c.x", 1), ("a.x", 1)]
    outcomes = store.decide("approve", wanted, "wang", AT, "一起看过")
    assert [(one.entry_id, one.version) for one in outcomes] == wanted
    problems = [one.problem for one in outcomes]
    assert problems[0] is None and problems[4] is None
    for problem, word in zip(
        problems[1:4] + problems[5:],
        ("written by wang", "has no version 7", "none.x does not exist", "is approved, not in_review"),
        strict=True,
    ):
        assert problem is not None and word in problem
    assert [item.entry.id for item in store.approved()] == ["a.x", "c.x"]
    assert store.version("b.x", 1).state == "in_review"
    assert [line.comment for line in store.audit() if line.act == "approve"] == ["一起看过"] * 2


def test_many_returns_and_withdrawals(store: Store) -> None:
    """The other two decisions go the same way; a return without a reason is refused whole."""
    for name in ("a.x", "b.x", "c.x"):
        submit(store, name)
    with pytest.raises(KnowledgeError, match="without a word"):
        store.decide("return", [("a.x", 1), ("b.x", 1)], "wang", AT)
    assert len(store.waiting()) == 3
    assert [one.problem for one in store.decide("return", [("a.x", 1)], "wang", AT, "改")] == [None]
    assert [one.problem for one in store.decide("withdraw", [("b.x", 1)], "li", AT)] == [None]
    assert [one.record.entry.id for one in store.waiting()] == ["c.x"]


def test_a_database_that_fails_half_way_leaves_nothing_half_done(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole of many decisions is one transaction."""
    submit(store, "a.x")
    submit(store, "b.x")

    def fail(connection: Connection, entry_id: str, *rest: object) -> None:
        if entry_id == "b.x":
            connection.execute(text("SELECT * FROM nowhere"))
        reviewing.approve(connection, entry_id, *rest)  # type: ignore[arg-type]

    monkeypatch.setitem(reviewing.DECISIONS, "approve", fail)
    with pytest.raises(DatabaseError):
        store.decide("approve", [("a.x", 1), ("b.x", 1)], "wang", AT)
    assert store.approved() == ()
    assert [line.act for line in store.audit()] == ["save", "submit"] * 2


def test_the_policy_may_let_authors_approve(store: Store) -> None:
    """Only where approval.own says so, for entries, policy and facts; the policy in force counts."""
    submit(store, "a.x")
    with pytest.raises(OwnVersion, match=r"or set approval\.own in the policy"):
        store.approve("a.x", 1, "li", AT)
    store.import_pack(pack(), "li", "li", "", AT)
    with pytest.raises(OwnVersion):
        store.approve("a.x", 1, "li", AT)
    store.save_policy(policy(approval=Approval(own=True)), "li", "wang", "一个人的店", AT)
    store.approve("a.x", 1, "li", AT)
    assert store.version("a.x", 1).state == "approved"
    store.save_facts(facts(), "li", "li", "", AT)
    store.save_policy(policy(), "li", "li", "两个人了", AT)
    with pytest.raises(OwnVersion):
        store.save_facts(facts(), "li", "li", "", AT)


def test_a_review_has_what_a_reviewer_needs(store: Store) -> None:
    """The version, its submission, what is live, every act, and whether this person may approve."""
    submit(store, "a.x")
    store.approve("a.x", 1, "wang", AT)
    submit(store, "a.x", comment="改")
    found = store.review("a.x", 2, "wang")
    assert found.against is not None and found.submission is not None
    assert (found.against.version, found.submission.live, found.submission.comment) == (1, 1, "改")
    assert found.obstacle is None
    assert [line.act for line in found.history] == ["save", "submit", "approve", "save", "submit"]
    assert isinstance(store.review("a.x", 2, "li").obstacle, OwnVersion)


def test_what_is_live_is_compared_with_what_it_replaced(store: Store) -> None:
    """So that a decision can be read afterwards; the first version has nothing to be compared with."""
    for _ in range(2):
        version = submit(store, "a.x")
        store.approve("a.x", version, "wang", AT)
    live = store.review("a.x", 2, "wang")
    assert live.against is not None and live.against.version == 1
    assert (live.submission, type(live.obstacle)) == (None, StateError)
    submit(store, "b.x")
    store.approve("b.x", 1, "wang", AT)
    assert store.review("b.x", 1, "wang").against is None


def test_an_older_version_than_the_live_one_has_an_obstacle(store: Store) -> None:
    """The newer was approved, then the older offered again."""
    submit(store, "a.x")
    submit(store, "a.x")
    store.approve("a.x", 2, "wang", AT)
    store.submit("a.x", 1, "li", AT)
    assert "is older than version 2" in str(store.review("a.x", 1, "wang").obstacle)


def test_submissions_are_found_in_one_look(store: Store, url: str) -> None:
    """Many that wait are listed without asking for each: five statements at most."""
    for number in range(20):
        submit(store, f"a.x{number}")
    engine = create_engine(url)
    said: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *given: said.append(given[2]))
    with engine.connect() as connection:
        assert len(reviewing.waiting(connection)) == 20
    engine.dispose()
    assert 1 <= len(said) <= 5
