"""Questions that a build answers otherwise: what became of each, in the order in which a reader should see them.

What an agent would not notice is left out: that nothing is answered before and after, whatever comes nearest.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from index.comparison import Moved

Mark = Literal["worse", "lost", "better", "gained", "other"]
ORDER: Final[tuple[Mark, ...]] = ("worse", "lost", "better", "gained", "other")


@dataclass(frozen=True, slots=True)
class Move:
    """A question with what became of it: `lost` is ready to send no more, `gained` is so now."""

    asked: Moved
    mark: Mark


def moves(found: Iterable[Moved]) -> list[Move]:
    """Those that show, losses first."""
    seen = [Move(one, _mark(one)) for one in found if _shows(one)]
    return sorted(seen, key=lambda move: ORDER.index(move.mark))


def _shows(one: Moved) -> bool:
    return one.verdict is not None or not one.before.decision == one.after.decision == "abstain"


def _mark(one: Moved) -> Mark:
    if one.verdict is not None:
        return "better" if one.verdict == "better" else "worse"
    was, is_ = (one.gold in (None, side.top) and side.decision == "answer" for side in (one.before, one.after))
    return "other" if was == is_ else "gained" if is_ else "lost"
