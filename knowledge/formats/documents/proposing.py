"""Lines to proposals: every recogniser in its order, each line used once, and what a person must look at first."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from knowledge.formats.documents import limits
from knowledge.formats.documents.blocks import Place
from knowledge.formats.documents.familiarity import everyday
from knowledge.formats.documents.proposals import FoundLevel, FoundPhrase, Proposal, ProposalProblem
from knowledge.formats.documents.recognition import dialogue, forbidden, levels, situations, tables, wordings
from knowledge.formats.documents.recognition.categories import category_of
from knowledge.formats.documents.recognition.found import CERTAINTY, Certainty, Found, Rule
from knowledge.formats.documents.recognition.lines import Line
from knowledge.formats.documents.recognition.speech import STAFF
from knowledge.model import Channel
from knowledge.pinyin import slug
from knowledge.text import CJK, normalise

NO_CATEGORY = "draft"
PLACEHOLDER = re.compile(
    r"[×xX*＊○〇]{2,}|某某|某(?:部门|同志|公司|先生)|[_＿]{2,}|…{2,}|\.{3,}|[（(](?:职务|姓名|电话|工号|时间|日期|部门)[）)]|XX"
)
# What is left of bytes that were lost: pinyin without its character, kana and private signs in Chinese.
DAMAGED = re.compile(r"[a-zü]*[āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ]|[\u3041-\u312f\ufffd]|[？?][。，！]")
RARE = re.compile(r"r{3}|rL|Lr")  # three rare characters in a row, or one beside a capital letter
INFORMAL = re.compile(r"(?<!迷)[你妳](?!好)")
LABELLED: frozenset[Rule] = frozenset({"table", "dialogue", "label", "role"})  # the document itself says it is wording
LONG_TITLE, SHORT_TITLE = 40, 3
LONGEST_REPLY, LONGEST_VARIANT = 4000, 500
VERB = re.compile(r"^(?:遇到|遇|如遇|如果|如(?!何)|当|若|对于|对(?!方)|针对)(?=.{3})")
TRAILING = re.compile(r"(?:的?时候?|时)$")


def proposals(
    lines: Sequence[Line], phrases: Sequence[forbidden.Phrase], guessed: Collection[Place] = ()
) -> tuple[Proposal, ...]:
    """In the order of the document; a line that holds a forbidden phrase alone is no wording.

    `guessed` are the places where slips of recognition were set right.
    """
    taken = {phrase.line.number for phrase in phrases if len(phrase.line.text) <= len(phrase.phrase) + 6}
    usable = [line for line in lines if line.number not in taken]
    found: list[Found] = []
    used: set[int] = set()
    for recogniser in (tables.find, dialogue.find, situations.find, wordings.find):
        fresh: set[int] = set()  # one line may hold two situations
        # A list of wordings is told by the lines that lead to it, whatever else was found in those.
        lines_left = [line for line in usable if line.number not in used or recogniser is wordings.find]
        for one in recogniser(lines_left):
            numbers = {line.number for line in one.lines}
            if not numbers & used:
                found.append(one)
                fresh |= numbers
        used |= fresh
    return tuple(_distinct(sorted(found, key=lambda one: one.lines[0].number), guessed))


def _distinct(found: Sequence[Found], guessed: Collection[Place]) -> Iterator[Proposal]:
    seen: set[tuple[str, str]] = set()
    ids: dict[str, int] = {}
    number = 0
    for one in found:
        title, reply = _title(one.title), one.wordings[0].strip()
        key = normalise(title), normalise(reply)
        if not title or not reply or key in seen:
            continue
        seen.add(key)
        number += 1
        limits.at_most(number, limits.PROPOSALS, "proposals")
        yield _proposal(number, title, one, ids, guessed)


def _proposal(number: int, title: str, one: Found, ids: dict[str, int], guessed: Collection[Place]) -> Proposal:
    first = one.lines[0]
    reply, *others = (wording.strip() for wording in one.wordings)
    category = category_of(f"{title} {first.section}", reply)
    slips: tuple[ProposalProblem, ...] = ("ocr",) if any(line.place in guessed for line in one.lines) else ()
    problems = (*_problems(title, reply, category, one.rule), *slips)
    return Proposal(
        number=number,
        title=title,
        entry_id=_id(category, title, ids),
        category=category,
        kind=one.kind,
        channel=_channel(f"{first.section} {title}"),
        variants=tuple(dict.fromkeys(variant[:LONGEST_VARIANT] for variant in one.variants if variant != title)),
        reply=reply[:LONGEST_REPLY],
        alternatives=tuple(dict.fromkeys(other[:LONGEST_REPLY] for other in others if other and other != reply)),
        place=first.place,
        lines=tuple(line.number for line in one.lines),
        section=first.section,
        rule=one.rule,
        certainty=_certainty(one, problems),
        problems=problems,
    )


def _title(text: str) -> str:
    bare = VERB.sub("", text.strip(" ：:，,。；;、“”"))
    return TRAILING.sub("", bare)[:100].strip() if len(bare) > SHORT_TITLE else bare


def _certainty(one: Found, problems: Sequence[ProposalProblem]) -> Certainty:
    doubtful = {"damaged", "staff", "long_title", "short_title"} & set(problems)
    return "low" if doubtful else CERTAINTY[one.rule]


def _problems(title: str, reply: str, category: str | None, rule: Rule) -> Iterator[ProposalProblem]:
    if is_damaged(title) or is_damaged(reply):
        yield "damaged"
    if PLACEHOLDER.search(reply):
        yield "placeholder"
    if INFORMAL.search(reply):
        yield "informal"
    if rule not in LABELLED and STAFF.search(reply):
        yield "staff"
    if len(title) > LONG_TITLE:
        yield "long_title"
    if len(title) < SHORT_TITLE:
        yield "short_title"
    if category is None:
        yield "no_category"
    if len(reply) > LONGEST_REPLY:
        yield "too_long"


def is_damaged(text: str) -> bool:
    """Whether bytes were lost here, so that somebody must type it again."""
    if DAMAGED.search(text):
        return True
    known = everyday()
    shape = "".join(
        "L" if "A" <= character <= "Z" else "r" if CJK.match(character) and character not in known else "."
        for character in text
    )
    return RARE.search(shape) is not None


def _id(category: str | None, title: str, ids: dict[str, int]) -> str:
    """`category.pinyin-of-title`, numbered where two would be the same."""
    name = f"{category or NO_CATEGORY}.{slug(title) or 'entry'}"
    ids[name] = ids.get(name, 0) + 1
    return name if ids[name] == 1 else f"{name}-{ids[name]}"


def _channel(text: str) -> Channel:
    for channel, cue in (("email", r"邮件|E-?mail"), ("phone", r"电话|来电|接听|通话|挂机|话务")):
        if re.search(cue, text, re.IGNORECASE):
            return channel  # type: ignore[return-value]
    return "any"


def found_phrases(phrases: Sequence[forbidden.Phrase]) -> tuple[FoundPhrase, ...]:
    """As they are handed out; what holds no word is none."""
    return tuple(
        FoundPhrase(phrase=one.phrase, instead=one.instead, place=one.place)
        for one in phrases
        if CJK.search(one.phrase) or one.phrase.isalpha()
    )


def found_levels(lines: Sequence[Line]) -> tuple[FoundLevel, ...]:
    """Every promise in time, each once."""
    found = {
        (limit.act, limit.text, limit.seconds, limit.days): FoundLevel(
            text=limit.text,
            act=limit.act,
            clock=limit.clock,
            seconds=limit.seconds,
            days=limit.days,
            place=limit.line.place,
        )
        for limit in levels.find(lines)
    }
    return tuple(found.values())
