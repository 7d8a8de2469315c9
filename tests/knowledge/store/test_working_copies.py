"""What is typed and not yet saved: kept, never silently overwritten, and made a draft against its base."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from knowledge.errors import NotFound, PackError, StaleError, StateError
from knowledge.manuscript import Manuscript, manuscript_of
from knowledge.store import Store
from tests.knowledge.sample import entry

AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
ID = "refund.time"


def typed(text: str = "您好。", **fields: object) -> Manuscript:
    """What somebody typed."""
    return manuscript_of(entry(ID, text)).model_copy(update=fields)


def test_what_is_typed_is_kept_as_it_is(store: Store) -> None:
    """Incomplete and wrong as it may be; it is no version and has no line of audit."""
    content = Manuscript(title=" 退", variants=("", "😡", " "), valid_until="2026-1")
    saved = store.save_working_copy(ID, "li", 0, content, "", AT)
    assert store.working_copies(ID) == (saved,)
    assert saved.content == content
    assert (store.overviews(), store.audit()) == ((), ())


def test_of_two_tabs_the_later_is_told(store: Store) -> None:
    """A copy is saved over only by who has read it; a copy that is gone is not brought back unseen."""
    first = store.save_working_copy(ID, "li", 0, typed("一"), "", AT)
    with pytest.raises(StaleError, match=f"at revision {first.revision}, not none: another of your tabs"):
        store.save_working_copy(ID, "li", 0, typed("二"), "", AT)
    second = store.save_working_copy(ID, "li", 0, typed("三"), first.revision, AT + timedelta(minutes=1))
    assert (second.created_at, second.updated_at) == (AT, AT + timedelta(minutes=1))
    for act in (
        lambda: store.save_working_copy(ID, "li", 0, typed("四"), first.revision, AT),
        lambda: store.discard_working_copy(ID, "li", first.revision),
        lambda: store.save_draft(ID, "li", first.revision, "", AT),
    ):
        with pytest.raises(StaleError):
            act()
    store.discard_working_copy(ID, "li", second.revision)
    with pytest.raises(StaleError, match="is at revision none"):
        store.save_working_copy(ID, "li", 0, typed("五"), second.revision, AT)
    with pytest.raises(NotFound, match="li has no working copy of entry refund"):
        store.discard_working_copy(ID, "li", second.revision)


def test_the_same_words_twice_are_one_save(store: Store) -> None:
    """A page that goes away sends what may be under way: the second to arrive is no other tab's, and writes nothing."""
    first = store.save_working_copy(ID, "li", 0, typed("一"), "", AT)
    second = store.save_working_copy(ID, "li", 0, typed("二"), first.revision, AT)
    again = store.save_working_copy(ID, "li", 0, typed("二"), first.revision, AT + timedelta(seconds=1))
    assert again == second
    with pytest.raises(StaleError):
        store.save_working_copy(ID, "li", 0, typed("一"), first.revision, AT)


def test_everybody_has_their_own(store: Store) -> None:
    """Copies of one entry stand side by side, last typed first; other entries' are apart."""
    store.save_working_copy(ID, "li", 0, typed("一"), "", AT)
    store.save_working_copy(ID, "wang", 0, typed("二"), "", AT + timedelta(seconds=1))
    store.save_working_copy("ship.fee", "li", 0, typed("三"), "", AT)
    assert [copy.person for copy in store.working_copies(ID)] == ["wang", "li"]
    assert len(store.working_copies()) == 3


def test_a_copy_becomes_a_draft(store: Store) -> None:
    """A version like any other, with its line of audit; the copy is gone."""
    copy = store.save_working_copy(ID, "li", 0, typed("一"), "", AT)
    assert store.save_draft(ID, "li", copy.revision, "第一稿", AT) == (1, True)
    (record,) = store.history(ID)
    assert (record.state, record.author, record.comment, record.entry) == ("draft", "li", "第一稿", entry(ID, "一"))
    assert store.working_copies() == ()
    assert [(act.act, act.version) for act in store.audit()] == [("save", 1)]


def test_a_copy_that_says_nothing_new_makes_no_version(store: Store) -> None:
    """Saving it is forgetting it."""
    store.save(entry(ID, "一"), "li", "", AT)
    copy = store.save_working_copy(ID, "wang", 1, typed("一", variants=("", " ")), "", AT)
    assert store.save_draft(ID, "wang", copy.revision, "", AT) == (1, False)
    assert (len(store.history(ID)), store.working_copies()) == (1, ())


def test_a_version_saved_meanwhile_is_no_silent_overwrite(store: Store) -> None:
    """Both versions and who saved are named; the copy stays, and once it names the newer base it is saved."""
    store.save(entry(ID, "一"), "li", "", AT)
    copy = store.save_working_copy(ID, "li", 1, typed("二"), "", AT)
    store.save(entry(ID, "三"), "wang", "", AT)
    with pytest.raises(StaleError, match="began from version 1, and wang has saved version 2 since: merge the two"):
        store.save_draft(ID, "li", copy.revision, "", AT)
    assert store.working_copies(ID) == (copy,)
    copy = store.save_working_copy(ID, "li", 2, typed("二三"), copy.revision, AT)
    assert store.save_draft(ID, "li", copy.revision, "", AT) == (3, True)


def test_a_new_entry_whose_id_was_taken_meanwhile_is_a_conflict(store: Store) -> None:
    """Two people begin an entry of the same id: the later merges."""
    copy = store.save_working_copy(ID, "li", 0, typed("二"), "", AT)
    store.save(entry(ID, "一"), "wang", "", AT)
    with pytest.raises(StaleError, match="began from nothing, and wang has saved version 1"):
        store.save_draft(ID, "li", copy.revision, "", AT)


def test_what_is_no_entry_yet_stays_a_copy(store: Store) -> None:
    """Every problem is named, and nothing typed is lost."""
    copy = store.save_working_copy(ID, "li", 0, Manuscript(title="退款"), "", AT)
    with pytest.raises(PackError, match="replies: is empty: give at least 1"):
        store.save_draft(ID, "li", copy.revision, "", AT)
    assert store.working_copies() == (copy,)


def test_a_copy_begins_from_a_version_that_exists(store: Store) -> None:
    """Any other is a mistake of who asks."""
    store.save(entry(ID, "一"), "li", "", AT)
    with pytest.raises(NotFound, match="has no version 7: choose one of 1"):
        store.save_working_copy(ID, "li", 7, typed(), "", AT)


def test_a_retired_text_can_come_back_as_it_was(store: Store) -> None:
    """Restored, or saved again; its own version stays retired, and once there is a draft of it there is nothing new."""

    def live_and_retired(version: int) -> None:
        store.submit(ID, version, "li", AT)
        store.approve(ID, version, "wang", AT)
        store.retire(ID, "wang", "", AT)

    live_and_retired(store.save(entry(ID, "一"), "li", "", AT))
    assert store.restore(ID, 1, "li", "", AT) == 2
    live_and_retired(2)
    assert store.save_entry(entry(ID, "一"), "li", 2, "", AT) == (3, True)
    assert [record.state for record in store.history(ID)] == ["retired", "retired", "draft"]
    assert store.save_entry(entry(ID, "一"), "li", 3, "", AT) == (3, False)


def test_an_old_version_comes_back_as_a_draft(store: Store) -> None:
    """With its own line of audit; one that says what the newest says is refused."""
    store.save(entry(ID, "一"), "li", "", AT)
    store.save(entry(ID, "二"), "li", "", AT)
    assert store.restore(ID, 1, "wang", "还是原来的好", AT) == 3
    record = store.version(ID, 3)
    assert (record.entry, record.state, record.author) == (entry(ID, "一"), "draft", "wang")
    line = store.audit(ID)[-1]
    assert (line.act, line.version, line.detail) == ("restore", 3, {"restores": 1})
    with pytest.raises(StateError, match="version 1 says the same as version 3, the newest"):
        store.restore(ID, 1, "wang", "", AT)
    with pytest.raises(NotFound):
        store.restore(ID, 9, "wang", "", AT)
