"""Versions, states, approvals and audit."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import FrozenInstanceError
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from pydantic import ValidationError

from knowledge.errors import KnowledgeError, NotFound, StateError
from knowledge.model import Facts
from knowledge.store import Store, VersionRecord
from tests.knowledge.sample import entry, facts, pack, policy

AT = datetime(2026, 11, 22, 9, 30, tzinfo=timezone(timedelta(hours=8)))


def approve(store: Store, text: str = "原文", entry_id: str = "refund.time") -> int:
    """Bring a text all the way to approved."""
    version = store.save(entry(entry_id, text), "li", "", AT)
    store.submit(entry_id, version, "li", AT)
    store.approve(entry_id, version, "wang", AT)
    return version


def texts(records: tuple[VersionRecord, ...]) -> list[str]:
    """The replies of versions."""
    return [record.entry.replies[0].text for record in records]


def test_a_text_goes_from_draft_to_live_to_retired(store: Store) -> None:
    """Only an approved version is live; who wrote, approved and retired it, when and why are kept."""
    version = store.save(entry(), "li", "第一稿", AT)
    assert (version, store.approved()) == (1, ())
    store.submit("refund.time", 1, "li", AT + timedelta(hours=1))
    assert [record.entry.id for record in store.versions("in_review")] == ["refund.time"]
    store.approve("refund.time", 1, "wang", AT + timedelta(hours=2), comment="好")
    (live,) = store.approved()
    assert (live.entry, live.version, live.approved_by) == (entry(), 1, "wang")
    assert live.approved_at == AT + timedelta(hours=2)
    store.retire("refund.time", "zhao", "停用", AT + timedelta(hours=3))
    assert store.approved() == ()
    (record,) = store.history("refund.time")
    assert (record.state, record.author, record.comment, record.created_at) == ("retired", "li", "第一稿", AT)
    assert (record.decided_by, record.retired_by, record.retired_at) == ("wang", "zhao", AT + timedelta(hours=3))
    acts = [(act.act, act.who, act.version, act.comment) for act in store.audit("refund.time")]
    assert acts == [
        ("save", "li", 1, "第一稿"),
        ("submit", "li", 1, ""),
        ("approve", "wang", 1, "好"),
        ("retire", "zhao", 1, "停用"),
    ]


def test_every_save_is_a_new_version_and_changes_no_old_one(store: Store) -> None:
    """Older versions keep content, author and moment; what is live stays live until the next approval."""
    approve(store, "一")
    before = store.version("refund.time", 1)
    assert store.save(entry(text="二"), "zhao", "改", AT + timedelta(days=1)) == 2
    assert store.version("refund.time", 1) == before
    assert texts(store.history("refund.time")) == ["一", "二"]
    assert [item.version for item in store.approved()] == [1]
    with pytest.raises(FrozenInstanceError):
        before.version = 9  # type: ignore[misc]
    with pytest.raises(ValidationError):
        before.entry.title = "x"  # type: ignore[misc]


def test_approving_a_newer_version_retires_the_live_one(store: Store) -> None:
    """One version is live at a time, and retiring it brings back none before it."""
    approve(store, "一")
    approve(store, "二")
    assert [item.version for item in store.approved()] == [2]
    assert [record.state for record in store.history("refund.time")] == ["retired", "approved"]
    assert store.audit("refund.time")[-1].detail == {"replaces": 1}
    store.retire("refund.time", "wang", "", AT)
    assert store.approved() == ()


def test_an_older_version_cannot_replace_a_newer_one(store: Store) -> None:
    """Offered again after the newer was approved, the older needs a new save; once that is retired too."""
    for _ in range(2):
        store.submit("refund.time", store.save(entry(), "li", "", AT), "li", AT)
    store.approve("refund.time", 2, "wang", AT)
    store.submit("refund.time", 1, "li", AT)
    with pytest.raises(StateError, match=r"entry refund\.time version 1 is older than version 2, which was approved"):
        store.approve("refund.time", 1, "wang", AT)
    store.retire("refund.time", "wang", "", AT)
    with pytest.raises(StateError, match="is older than version 2, which was approved: save its text as a new version"):
        store.approve("refund.time", 1, "wang", AT)
    assert store.approved() == ()


@pytest.mark.parametrize("approver", ["li", " Li "])
def test_the_author_cannot_approve(store: Store, approver: str) -> None:
    """Approving takes a second person, unless a one-person shop allows its own."""
    store.submit("refund.time", store.save(entry(), "li", "", AT), "li", AT)
    with pytest.raises(StateError, match="entry refund.time version 1 was written by li and cannot be approved by"):
        store.approve("refund.time", 1, approver, AT)
    assert store.version("refund.time", 1).state == "in_review"
    assert [act.act for act in store.audit()] == ["save", "submit"]
    store.approve("refund.time", 1, approver, AT, allow_own=True)
    assert [item.approved_by for item in store.approved()] == [approver]


def test_a_version_sent_back_is_a_draft_again(store: Store) -> None:
    """The reviewer's comment is in the audit, and the author can submit once more."""
    store.submit("refund.time", store.save(entry(), "li", "", AT), "li", AT)
    store.send_back("refund.time", 1, "wang", "时限不清楚", AT)
    assert store.version("refund.time", 1).state == "draft"
    last = store.audit("refund.time")[-1]
    assert (last.act, last.who, last.at, last.comment) == ("send_back", "wang", AT, "时限不清楚")
    store.submit("refund.time", 1, "li", AT)


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (
            lambda store: store.submit("live.one", 1, "li", AT),
            "entry live.one version 1 is approved, not draft: save the",
        ),
        (
            lambda store: store.approve("draft.one", 1, "wang", AT),
            "entry draft.one version 1 is draft, not in_review: submit",
        ),
        (
            lambda store: store.send_back("draft.one", 1, "wang", "", AT),
            "version 1 is draft, not in_review: submit it first",
        ),
        (
            lambda store: store.retire("draft.one", "wang", "", AT),
            r"entry draft.one has no approved version \(1 draft\): there",
        ),
        (lambda store: store.save(entry(), " ", "", AT), "an act without a name cannot be kept: say who acts"),
        (lambda store: store.retire("live.one", "", "", AT), "an act without a name"),
        (lambda store: store.save_policy(policy(), "li", "li", "", AT), "the policy was written by li and cannot"),
    ],
)
def test_what_a_state_does_not_allow_is_refused_whole(
    store: Store, act: Callable[[Store], object], message: str
) -> None:
    """The message names the entry, both states and the next step; nothing is changed."""
    approve(store, entry_id="live.one")
    store.save(entry("draft.one"), "li", "", AT)
    before = store.audit(), store.versions("approved"), store.versions("draft")
    with pytest.raises(StateError, match=message):
        act(store)
    assert (store.audit(), store.versions("approved"), store.versions("draft")) == before


def test_what_is_not_there_is_named(store: Store) -> None:
    """Unknown entries, versions and an absent policy are NotFound with what to do."""
    store.save(entry(), "li", "", AT)
    with pytest.raises(NotFound, match=r"entry refund\.time has no version 7: choose one of 1"):
        store.submit("refund.time", 7, "li", AT)
    with pytest.raises(NotFound, match=r"entry ship\.fee does not exist: check the id"):
        store.history("ship.fee")
    with pytest.raises(NotFound, match=r"entry ship\.fee does not exist"):
        store.retire("ship.fee", "li", "", AT)
    with pytest.raises(NotFound, match="the database holds no policy: import a pack first"):
        store.pack()
    assert store.facts() == Facts()


def test_approved_is_ordered_by_id_and_knows_the_day(store: Store) -> None:
    """Ids are ordered by code point on every database; with a day only what is valid on it is given."""
    window: dict[str, Any] = {"valid_from": date(2026, 11, 1), "valid_until": date(2026, 11, 11)}
    for item in (entry("b.x"), entry("B.x"), entry("a_c.x"), entry("a.c", **window), entry("a-b.c")):
        store.submit(item.id, store.save(item, "li", "", AT), "li", AT)
        store.approve(item.id, 1, "wang", AT)
    assert [item.entry.id for item in store.approved()] == ["B.x", "a-b.c", "a.c", "a_c.x", "b.x"]
    assert "a.c" in {item.entry.id for item in store.approved(on=date(2026, 11, 11))}
    assert "a.c" not in {item.entry.id for item in store.approved(on=date(2026, 11, 12))}


def test_policy_and_facts_are_kept_whole_and_by_version(store: Store) -> None:
    """The newest is in force; each saving is a line of audit."""
    assert store.save_policy(policy(), "li", "wang", "初版", AT) == 1
    assert store.save_policy(policy(triggers=()), "li", "wang", "去掉", AT) == 2
    assert store.save_facts(facts(), "li", "li", "", AT, allow_own=True) == 1
    assert (store.policy(), store.facts()) == (policy(triggers=()), facts())
    assert [(act.act, act.detail["version"]) for act in store.audit()] == [
        ("save_policy", 1),
        ("save_policy", 2),
        ("save_facts", 1),
    ]


def test_moments_keep_their_instant_and_need_a_zone(store: Store) -> None:
    """A moment comes back aware and equal; one without a zone is refused and nothing is kept."""
    store.save(entry(), "li", "", AT)
    kept = store.version("refund.time", 1).created_at
    assert (kept, kept.tzinfo) == (AT, UTC)
    with pytest.raises(KnowledgeError, match="has no time zone"):
        store.save(entry(), "li", "", datetime(2026, 1, 1))
    assert len(store.history("refund.time")) == 1


def test_odd_text_survives(store: Store) -> None:
    """Content comes back as it was, whatever characters it has."""
    odd = entry(text='😡 "x" \\ \' \u2028 null', tags=("\x85", ""))
    store.save(odd, "li", "备注", AT)
    assert store.version("refund.time", 1).entry == odd


def test_threads_write_without_losing_anything(store: Store) -> None:
    """Versions saved at once get numbers of their own, without gap, error or lost audit."""
    with ThreadPoolExecutor(4) as threads:
        numbers = list(threads.map(lambda n: store.save(entry(text=f"文{n}"), f"author{n}", "", AT), range(40)))
    assert sorted(numbers) == list(range(1, 41))
    assert sorted(texts(store.history("refund.time"))) == sorted(f"文{n}" for n in range(40))
    assert len(store.audit("refund.time")) == 40


def test_two_stores_on_one_database_take_turns(store: Store, url: str) -> None:
    """Two processes' worth of connections write and read the same database at once."""
    with Store.open(url) as other, ThreadPoolExecutor(4) as threads:
        saved = list(threads.map(lambda n: (store, other)[n % 2].save(entry(), "li", "", AT), range(30)))
        assert sorted(saved) == list(range(1, 31))
        assert other.history("refund.time") == store.history("refund.time")


def test_of_two_approvals_at_once_one_wins(store: Store) -> None:
    """The second approver is told the version is approved already."""
    store.submit("refund.time", store.save(entry(), "li", "", AT), "li", AT)

    def attempt(who: str) -> str:
        try:
            store.approve("refund.time", 1, who, AT)
        except StateError as error:
            return str(error)
        return "approved"

    with ThreadPoolExecutor(2) as threads:
        outcomes = sorted(threads.map(attempt, ("wang", "zhao")))
    assert outcomes[0] == "approved" and "is approved, not in_review" in outcomes[1]
    assert [act.act for act in store.audit()].count("approve") == 1


def test_an_exported_store_imports_elsewhere(store: Store, tmp_path: object) -> None:
    """The live pack is what was imported, ordered by id."""
    given = pack(entry("b.x"), entry("a.x"))
    store.import_pack(given, "li", "wang", "", AT)
    exported = store.pack()
    assert {item.id for item in exported.entries} == {"a.x", "b.x"}
    assert (exported.policy, exported.facts) == (given.policy, given.facts)
    assert [item.id for item in exported.entries] == ["a.x", "b.x"]
