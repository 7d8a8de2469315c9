"""uniform-variants: variants are not permutations of one sentence.

A warning when more than half of an entry's variants (option `uniform_share`) begin with the same four characters, or
hold the same three characters in a row. Names of products and the entry's tags are what it is about, and do not count.

PASS:
    variants: [钱啥时候退回来, 退款几天到账, 都一个礼拜了还没见着退的钱, …]

FAIL:
    variants: [请问退款多久到, 请问退款几天到, 请问退款何时到, 请问退款啥时候到, …]
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from knowledge.lint.context import Context, form
from knowledge.lint.finding import Finding
from knowledge.model import Entry
from knowledge.text import is_cjk

RULE = "uniform-variants"
# Below this many a share says nothing.
LEAST = 8
OPENING = 4
GRAM = 3
NOT_WORDS = re.compile(r"[\W_]+")


def check(context: Context) -> Iterator[Finding]:
    """At most one warning for each entry."""
    for entry in context.entries:
        forms = [NOT_WORDS.sub("", form(variant)) for variant in entry.variants if is_cjk(variant)]
        if len(forms) < LEAST:
            continue
        topics = _topics(entry, context)
        openings = Counter(text[:OPENING] for text in forms if len(text) > OPENING)
        grams = Counter(gram for text in forms for gram in {text[at : at + GRAM] for at in range(len(text) - GRAM + 1)})
        for what, counts in (("begin with", openings), ("contain", grams)):
            own = [(count, gram) for gram, count in counts.items() if not _is_topic(gram, topics)]
            count, gram = max(own, default=(0, ""))
            if count > context.options.uniform_share * len(forms):
                message = f'{count} of {len(forms)} Chinese variants {what} "{gram}": vary words and openings'
                yield Finding(RULE, "warning", entry.id, "variants", message)
                break


def _topics(entry: Entry, context: Context) -> tuple[str, ...]:
    names = [name for product in context.facts.products.values() for name in product.names]
    return tuple(NOT_WORDS.sub("", form(topic)) for topic in (*names, *entry.tags))


def _is_topic(gram: str, topics: tuple[str, ...]) -> bool:
    return any(gram in topic or (len(topic) >= GRAM and topic in gram) for topic in topics)
