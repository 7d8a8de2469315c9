"""What a reviewer is shown of a version."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from knowledge.model import Reply
from knowledge.store import Store
from service.reviews import Wanted, is_own, review, waiting, zone_of
from tests.service.shop import FRIDAY, REFUND
from tests.service.submitted import MORE, REWORDED, imported, submit


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """The shop, live."""
    imported(tmp_path / "knowledge.db")
    with Store.open(f"sqlite:///{tmp_path / 'knowledge.db'}") as opened:
        yield opened


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        (Wanted(), ["ship.no-update", "refund.time"]),
        (Wanted(author="Li "), ["refund.time"]),
        (Wanted(category="ship"), ["ship.no-update"]),
        (Wanted(mine="han"), ["ship.no-update"]),
        (Wanted(author="li", category="ship"), []),
    ],
)
def test_what_waits_is_narrowed(store: Store, wanted: Wanted, ids: list[str]) -> None:
    """By author, category and whose it is; the newest first."""
    submit(store)
    submit(store, MORE, "han", at=FRIDAY + timedelta(minutes=1))
    assert [one.record.entry.id for one in waiting(store, wanted)] == ids


def test_whoever_wrote_or_submitted_it_owns_it(store: Store) -> None:
    """Both may withdraw it."""
    version = store.save(REWORDED, "li", "", FRIDAY)
    store.submit(REFUND.id, version, "han", FRIDAY)
    (found,) = waiting(store, Wanted())
    assert [is_own(found, who) for who in ("li", "HAN", "wang")] == [True, True, False]


def test_a_review_tells_what_changed_and_what_lint_says_of_this_entry(store: Store) -> None:
    """The version is linted in the place of the live one; findings of other entries are not among them."""
    curt = REWORDED.model_copy(update={"replies": (Reply(text="不知道，你等着。"), *REWORDED.replies[1:])})
    submit(store, curt)
    seen = review(store, REFUND.id, 2, "wang", True, FRIDAY)
    assert [one.field for one in seen.differences] == ["replies.any.zh"]
    assert seen.findings is not None and {one.entry_id for one in seen.findings} == {REFUND.id}
    assert "forbidden-phrases" in {one.rule for one in seen.findings if one.severity == "error"}
    assert seen.errors >= 1
    assert seen.hindrance is None


def test_a_version_like_the_live_one_has_no_duplicate_of_itself(store: Store) -> None:
    """It stands in the live one's place and not beside it."""
    submit(store, REFUND)
    seen = review(store, REFUND.id, 2, "wang", True, FRIDAY)
    assert seen.differences == ()
    assert not [one for one in seen.findings or () if "duplicate" in one.rule]


@pytest.mark.parametrize(
    ("who", "may_approve", "hindrance"),
    [("wang", True, None), ("li", True, "own"), ("wang", False, "permission"), ("li", False, "permission")],
)
def test_why_somebody_may_not_approve(store: Store, who: str, may_approve: bool, hindrance: str | None) -> None:
    """The roles come first, then whose it is."""
    submit(store)
    assert review(store, REFUND.id, 2, who, may_approve, FRIDAY).hindrance == hindrance


def test_what_is_decided_or_outdated_cannot_be_approved(store: Store) -> None:
    """The state of a version that waits no more; a newer one that went live meanwhile."""
    submit(store)
    submit(store)
    store.approve(REFUND.id, 3, "wang", FRIDAY)
    store.submit(REFUND.id, 2, "li", FRIDAY)
    assert review(store, REFUND.id, 2, "wang", True, FRIDAY).hindrance == "older"
    assert review(store, REFUND.id, 3, "wang", True, FRIDAY).hindrance == "state"


def test_without_a_policy_nothing_is_linted(tmp_path: Path) -> None:
    """A base into which no pack was ever imported can be reviewed all the same."""
    with Store.open(f"sqlite:///{tmp_path / 'empty.db'}") as store:
        submit(store)
        seen = review(store, REFUND.id, 1, "wang", True, FRIDAY)
        assert (seen.findings, seen.errors, seen.hindrance) == (None, 0, None)
        assert zone_of(store).key == "Asia/Shanghai"
