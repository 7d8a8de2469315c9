"""The approved pack, read again only once something was done."""

from __future__ import annotations

from pathlib import Path

from knowledge.store import Store
from service.editing.packs import Packs
from service.settings import Settings
from tests.service.shop import APPROVED, ENTRIES, fill


def test_the_pack_is_read_once_an_act(tmp_path: Path) -> None:
    """The same object until something is done, then what is live now."""
    url = f"sqlite:///{tmp_path / 'knowledge.db'}"
    fill(Settings(database=url))
    packs = Packs()
    with Store.open(url) as store:
        first, listed = packs.pack(store), packs.overviews(store)
        assert packs.pack(store) is first
        assert packs.overviews(store) is listed
        assert len(first.entries) == len(ENTRIES)
        store.retire("promo.summer", "li", "过季", APPROVED)
        second = packs.pack(store)
        states = {one.entry_id: one.state for one in packs.overviews(store)}
    assert [entry.id for entry in first.entries if entry not in second.entries] == ["promo.summer"]
    assert states["promo.summer"] == "retired"
