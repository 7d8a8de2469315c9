"""Replies as a customer sees them, on pages where one reads and does not write."""

from __future__ import annotations

from collections.abc import Iterable

from service.editing.previews import Preview


def first_views(previews: Iterable[Preview]) -> list[Preview]:
    """One preview a reply: one that is for every channel reads alike in chat and on the telephone."""
    first: dict[int, Preview] = {}
    for preview in previews:
        first.setdefault(preview.reply, preview)
    return list(first.values())
