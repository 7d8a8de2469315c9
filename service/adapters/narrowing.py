"""Narrowed: the same retriever, which considers only some entries.

Other systems filter by fields the desk's own request does not have. They narrow what is looked at here, before it is
ranked, so that nothing is ranked in a second way and a filter never hides what stands below the first few.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from index.conversation import Turn
from index.retriever import Allowed, Finding, Retriever
from knowledge.model import ApprovedEntry

Keep = Callable[[ApprovedEntry], bool]


class Narrowed(Retriever):
    """Shares everything with the retriever it narrows."""

    def __init__(self, whole: Retriever, keep: Keep) -> None:
        # Not Retriever's own: nothing is computed again, and what is remembered of texts stays shared.
        self.__dict__.update(vars(whole))
        self._keep = keep

    def find(
        self, query: str, history: Sequence[Turn] = (), allowed: Allowed | None = None, limit: int = 10
    ) -> Finding:
        """As the whole retriever finds it among the entries that are kept."""

        def both(approved: ApprovedEntry) -> bool:
            return self._keep(approved) and (allowed is None or allowed(approved))

        return super().find(query, history, both, limit)
