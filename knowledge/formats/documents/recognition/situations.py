"""A situation and what to say in it: “when …: answer: …”, “when …, say: …”, 时“…”, …时（话务员）…."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from knowledge.formats.documents.recognition.found import Found
from knowledge.formats.documents.recognition.lines import Line
from knowledge.formats.documents.recognition.speech import is_said, is_spoken, quotes, unquoted

AGENT = r"(?:客服(?:人员|代表|专员)?|坐席|座席|话务员)"
LABEL = re.compile(
    rf"(?:[（(](?P<name>[^（）()]{{2,10}})[）)]\s*)?(?:参考|标准|建议)?(?:回答|回复|答复|应答|话术|答|{AGENT})(?:话术|用语)?\s*[：:]\s*(?P<said>.+)$"
)
ROLE = re.compile(rf"(?P<when>.{{0,80}}?)[（(]{AGENT}[）)]\s*(?P<said>.{{4,}})$")
SAYS = re.compile(
    r"(?P<when>[^：:“]{2,60}?)(?:[，,]?(?:应|要|可以?|请|就|应该|应当)?(?:先|主动|统一|自动|设置)*(?:说|答|回答|回复|答复|询问|问候|致歉|道歉|解释|表示|告知|用|为))?\s*[：:]\s*(?P<said>[^：:“].{3,})$"
)
NEEDS_VERB = re.compile(r"(?:说|答|回答|回复|答复|询问|问候|致歉|道歉|解释|表示|告知|用|自动回复)\s*[：:]")
WHEN = re.compile(
    r"(?:时|的时候|时候|情况下?|情形|(?:的|位)(?:顾客|客户|用户|来电|问题)|[^。；]{0,20}之?[前后]|^遇|^如|^当|^若)[）)]?\s*$|^(?:遇到|如遇|如果|当|若|对于?|针对)"
)
OPENS = re.compile(
    r"(?:时|的时候|情况下?|的(?:顾客|客户|用户)|遇到?.{2,}(?:问题|顾客|客户)?|后|前)[：:]?(?:[，,：:]?(?:应|可以?|请)?(?:设置|统一)?(?:自动)?(?:回复|回答|答复|说)的?(?:话术|用语|如下)?)?[：:]$"
)
FORBIDS = re.compile(r"(?:忌|不得|不要|不能|不可|禁止|严禁|避免|杜绝|切勿|而不是|切忌|勿)[^。；，“]{0,16}[：:]?$")
# Its parts can follow each other in one way only, so that no text takes it long.
TAIL = re.compile(
    r"(?:[，,、。；;]|设置|统一|自动|应(?:当|该)?|要|可以?|须|请|说明|致歉|道歉|首先|主动|先|说|道|讲|问候|询问|回答|回复|答复|使用|用语?|礼貌用语|一定|忌|就|赶紧|如|例如|比如|反映|反应|[：:]|\s)+$"
)
LEADS_ON = re.compile(r"(?<=[。！？!?])[^。！？!?]+[：:]\s*$")
LEAD = re.compile(r"^(?:[，,、。；;：:\s]|或者?|则|然后|再(?!次|见))+")
BETWEEN = re.compile(r"[。；！？!?]")
QUOTED = re.compile(r"[“「『][^“”「」『』]*[”」』]")
QUOTED_SITUATION = re.compile(r"[^“]{2,40}[：:]\s*“")
WHEN_WITHIN = re.compile(r"[^，。；、]{3,}(?:时|的时候|情况下|后|前)[，,：:]")
SENTENCES = re.compile(r"[^。]{4,}")
INTRODUCED = re.compile(r"^[^：:，。“]{2,10}(?:用语|话术|语)[：:](?=.*[：:])")
COMMA = re.compile(r"[，,]")
EXAMPLE = re.compile(r"(?:比如说?|例如|假如|如果|譬如)?(?:有的?)?(?:顾客|客户|买家|用户)")
EXAMPLE_WORD = re.compile(r"^(?:比如说?|例如|假如|譬如)")
LONG_SENTENCE = 24
REACH = 5  # lines below a situation that may hold its wording
LONGEST = 60


def find(lines: Sequence[Line]) -> Iterator[Found]:
    """In the order of the lines; each line is used once."""
    at = 0
    while at < len(lines):
        below = _below(lines, at)
        found = [below] if below else _within(lines, at)
        yield from found
        at = lines.index(found[-1].lines[-1], at) + 1 if found else at + 1


def _below(lines: Sequence[Line], at: int) -> Found | None:
    """A line that names a situation, and below it lines that are labelled as what to say, or are said."""
    line = lines[at]
    if line.cells or len(line.text) > LONGEST or not (OPENS.search(line.text) or _has_label(lines, at + 1)):
        return None
    title, wordings, used = line.text, [], [line]
    own = SAYS.match(line.text)
    if own and is_spoken(own["said"]):
        return None
    for below in lines[at + 1 : at + 1 + REACH]:
        label = LABEL.match(below.text)
        if label is None and (below.heading or below.cells or OPENS.search(below.text)):
            break
        if label is not None and not label["name"]:
            wordings += _alternatives(label["said"])
        elif is_spoken(below.text) and not QUOTED_SITUATION.match(below.text):
            wordings.append(below.text)
        elif wordings or below.marker:
            break
        used.append(below)
    said = [wording for wording in wordings if is_said(wording)]
    return Found("label", _title(title), tuple(said), tuple(used)) if said else None


def _has_label(lines: Sequence[Line], at: int) -> bool:
    """Whether the next line says that it is the answer, without naming a situation of its own."""
    label = LABEL.match(lines[at].text) if at < len(lines) else None
    return label is not None and not label["name"]


def _within(lines: Sequence[Line], at: int) -> list[Found]:
    """A line that holds both, or several of both."""
    line = lines[at]
    if line.cells or len(line.text) > 900:
        return []
    label = LABEL.match(line.text)
    if label and label["name"] and is_said(label["said"]):
        return [Found("label", label["name"], tuple(_alternatives(label["said"])), (line,))]
    role = ROLE.match(line.text)
    if role and is_said(role["said"]):
        title = _title(role["when"]) or _before(lines, at)
        return [Found("role", title, tuple(_alternatives(role["said"])), (line,))] if title else []
    return _quoted(lines, at) or _says(lines, at)


def _quoted(lines: Sequence[Line], at: int) -> list[Found]:
    """Its quotes, parted where the text between two of them names another situation."""
    line = lines[at]
    groups: list[tuple[str, list[str]]] = []
    last = 0
    never = False
    for quote in quotes(line.text):
        before = line.text[last : quote.start()]
        last = quote.end()
        never = FORBIDS.search(before) is not None or (never and before.strip(" 、，或") == "")
        if never or not is_said(quote[1]) or (len(quote[1]) <= 5 and not _introduces(before)):
            continue
        if not groups or WHEN_WITHIN.search(before):
            groups.append((line.text[: quote.start()] if not groups else before, []))
        groups[-1][1].append(quote[1].strip())
    named = [(_title(before) or _before(lines, at), said) for before, said in groups]
    return [Found("quoted", title, tuple(dict.fromkeys(said)), (line,)) for title, said in named if title]


def _introduces(before: str) -> bool:
    return before.rstrip().endswith(("：", ":", "说", "答", "致歉", "道歉", "问候")) or not before.strip()


def _says(lines: Sequence[Line], at: int) -> list[Found]:
    line = lines[at]
    for sentence in (line.text, *SENTENCES.findall(line.text)):
        says = SAYS.match(INTRODUCED.sub("", sentence))
        if says is None or not is_spoken(says["said"]):
            continue
        title = _title(says["when"])
        if title and (NEEDS_VERB.search(sentence) or WHEN.search(says["when"])):
            return [Found("says", title, tuple(_alternatives(says["said"])), (line,))]
    return []


def _alternatives(said: str) -> list[str]:
    """“A” or “B” as two wordings; the second must be one by itself. What leads on to a list below is none."""
    said = LEADS_ON.sub("", said)
    marked = [quote[1].strip() for quote in quotes(said) if is_said(quote[1])]
    if marked and len("".join(marked)) > 0.7 * len(said):
        return marked
    parts = re.split(r"(?<=[。！？?!…])\s*或者?(?:说|回答)?[：:]\s*", said)
    return [unquoted(part) for part in parts if part.strip()]


def _before(lines: Sequence[Line], at: int) -> str:
    """The situation of a line that has none of its own: the line before it, where that is one, else its heading."""
    if at and WHEN.search(lines[at - 1].text) and len(lines[at - 1].text) <= LONGEST:
        return _title(lines[at - 1].text)
    return _title(lines[at].section)


def _title(text: str) -> str:
    """What a situation is called: the last sentence before the wording that says more than “one should say”."""
    for sentence in reversed(BETWEEN.split(QUOTED.sub("", text))):
        bare = _bare(sentence)
        if len(bare) > LONG_SENTENCE or EXAMPLE_WORD.match(bare):
            clauses = [clause for part in COMMA.split(bare) if (clause := _bare(part))]
            telling = (clause for clause in clauses if WHEN.search(clause) or EXAMPLE.match(clause))
            short = next(telling, bare)
            bare = EXAMPLE_WORD.sub("", short if len(short) > 3 else bare)
        if len(bare) > 1:
            return bare[:100]
    return ""


def _bare(sentence: str) -> str:
    """Without what leads over to the wording, and without what led over to the sentence."""
    bare = sentence.strip()
    while (shorter := TAIL.sub("", bare)) != bare:
        bare = shorter
    return LEAD.sub("", bare).strip("：:，,“”（ ")
