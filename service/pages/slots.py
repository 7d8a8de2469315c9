"""What the slots of replies are called on a page: as the team's own policy calls them, else as the shipped one does."""

from __future__ import annotations

from fastapi import Request

from index.errors import RetrievalError
from knowledge.model import Policy
from service.pages.words import SLOTS, UiLanguage


def labels(policy: Policy, language: UiLanguage) -> dict[str, str]:
    """By their names. The policy says it in one language, so on an English page the shipped slots keep their words."""
    return {**SLOTS["zh"], **policy.slots} if language == "zh" else {**policy.slots, **SLOTS[language]}


def live_labels(request: Request, language: UiLanguage) -> dict[str, str]:
    """Those of the live policy; the shipped ones alone where no index is loaded."""
    try:
        return labels(request.app.state.live.retriever.contents.policy, language)
    except RetrievalError:
        return dict(SLOTS[language])
