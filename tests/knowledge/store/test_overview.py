"""Every entry at a glance."""

from __future__ import annotations

from datetime import UTC, datetime

from knowledge.store import Store
from tests.knowledge.sample import entry, pack

AT = datetime(2026, 11, 22, tzinfo=UTC)


def test_the_newest_and_the_live_version_stand_together(store: Store) -> None:
    """Whichever comes last; an entry is listed once, however many versions it has."""
    store.import_pack(pack(entry("b.live", "一"), entry("a.changed", "一")), "li", "li", "", AT)
    for text in ("二", "三"):
        store.save(entry("a.changed", text), "wang", "", AT)
    store.save(entry("c.new", "一"), "wang", "", AT)
    found = store.overviews()
    assert [(one.entry_id, one.version, one.state, one.author, one.live_version) for one in found] == [
        ("a.changed", 3, "draft", "wang", 1),
        ("b.live", 1, "approved", "li", 1),
        ("c.new", 1, "draft", "wang", None),
    ]
    texts = [(one.content["replies"][0]["text"], (one.live_content or {}).get("id")) for one in found]
    assert texts == [("三", "a.changed"), ("一", "b.live"), ("一", None)]


def test_entries_are_called_by_their_newest_title(store: Store) -> None:
    """A draft's too; who does not exist has none."""
    store.import_pack(pack(entry("b.live", "一"), entry("a.changed", "一")), "li", "li", "", AT)
    changed = entry("a.changed", "一").model_copy(update={"title": "新的叫法"})
    store.save(changed, "wang", "", AT)
    titles = store.titles(["a.changed", "b.live", "x.gone"])
    assert titles == {"a.changed": "新的叫法", "b.live": entry("b.live", "一").title}
    assert store.titles(()) == {}


def test_a_draft_that_was_returned_is_told_apart(store: Store) -> None:
    """Until it is offered again; taking one's own back is no return, and nor is a newer version."""
    store.import_pack(pack(entry()), "li", "li", "", AT)

    def returned() -> bool:
        return store.overviews()[0].returned

    number = store.save(entry("refund.time", "二"), "li", "", AT)
    store.submit("refund.time", number, "li", AT)
    store.send_back("refund.time", number, "wang", "写清楚", AT)
    assert returned()
    store.submit("refund.time", number, "li", AT)
    assert not returned()
    store.withdraw("refund.time", number, "li", AT)
    assert not returned()
    store.submit("refund.time", number, "li", AT)
    store.send_back("refund.time", number, "wang", "写清楚", AT)
    assert returned()
    store.save(entry("refund.time", "三"), "li", "", AT)
    assert not returned()


def test_every_act_moves_the_last_act_on(store: Store) -> None:
    """So that what was read may be kept until it does."""
    before = store.last_act()
    store.import_pack(pack(entry()), "li", "li", "", AT)
    after = store.last_act()
    assert before == 0 < after == store.last_act()
    store.retire("refund.time", "li", "", AT)
    assert store.last_act() > after
