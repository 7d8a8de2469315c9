"""Replies as readers of a page see them."""

from __future__ import annotations

from knowledge.manuscript import Manuscript, TypedReply
from service.editing.previews import previews
from service.pages.previews import first_views
from tests.knowledge.sample import facts, policy


def test_a_reply_is_shown_once() -> None:
    """One for any channel as chat has it, one for e-mail in its frame, in the order they stand."""
    replies = (TypedReply(channel="any", text="您好。"), TypedReply(channel="email", text="您好。"))
    shown = first_views(previews(Manuscript(replies=replies), policy(), facts()))
    assert [(one.reply, one.view) for one in shown] == [(0, "chat"), (1, "email")]
