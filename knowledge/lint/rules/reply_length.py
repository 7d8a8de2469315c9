"""reply-length: a reply is as short as its channel asks.

Counted in characters with the facts put in and each slot as long as its name in the policy. Chinese chat replies
(also replies for any channel, holding replies and lines): a warning over 120, an error over 200; phone: over 160 and
300; e-mail: an error over 1500. English takes three and a half times the characters. All are options.

PASS:
    channel: chat
    text: 您好，退款{refund.wallet}内原路退回，请您留意到账通知。

FAIL: a chat reply of 230 characters.
"""

from __future__ import annotations

from collections.abc import Iterator

from knowledge.lint.context import Context, Options, Text
from knowledge.lint.finding import Finding, Mark, Severity
from knowledge.references import SLOT

RULE = "reply-length"
# English runs to about 3.5 characters for one Chinese one in the same words.
ENGLISH = 3.5


def check(context: Context) -> Iterator[Finding]:
    """One finding for each reply that is too long."""
    for text in context.shown:
        if text.part == "fact" or text.field.startswith("lines.email"):
            continue
        for mark in marks(text, context):
            yield Finding(RULE, mark.severity, text.entry_id, text.field, mark.message)


def marks(text: Text, context: Context) -> Iterator[Mark]:
    """What goes beyond the limit, where the text does."""
    warning, error = _limits(text, context.options)
    value = context.resolved(text)
    length = len(SLOT.sub(lambda match: context.policy.slots.get(match[1], match[1]), value))
    if length > warning:
        severity: Severity = "error" if length > error else "warning"
        limit = error if length > error else warning
        message = f"{length} characters, {text.channel or 'chat'} takes {limit}: shorten it by {length - limit}"
        yield Mark(RULE, severity, message, min(limit, len(value) - 1), len(value))


def _limits(text: Text, options: Options) -> tuple[int, int]:
    warning, error = {
        "phone": (options.phone_warning, options.phone_error),
        "email": (options.email_error, options.email_error),
    }.get(text.channel or "chat", (options.chat_warning, options.chat_error))
    factor = ENGLISH if text.language == "en" else 1
    return int(warning * factor), int(error * factor)
