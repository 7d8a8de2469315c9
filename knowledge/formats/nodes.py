"""YAML as a tree whose every node knows its file and line. All scalars are text; plain null, ~ and nothing are None.

Owns what YAML we accept: one document of mappings, lists and text. It reads parser events rather than
`yaml.compose`, whose C recursion ends the whole process on a file of 100 000 nested lists; depth is bounded here.
Anchors, aliases and tags are refused, so a file holds what it shows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

import yaml

from knowledge.errors import PackError, Problem
from knowledge.formats.validation import Location

Plain: TypeAlias = "str | list[Plain] | dict[str, Plain] | None"
Loader: type[yaml.SafeLoader | yaml.CSafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

MAX_DEPTH = 32
NULLS = frozenset(("", "~", "null", "Null", "NULL"))
TEXT_TAGS = frozenset((None, "!", "tag:yaml.org,2002:str", "tag:yaml.org,2002:seq", "tag:yaml.org,2002:map"))


@dataclass(frozen=True, slots=True)
class Node:
    """A value with its place; a value in a mapping has the line of its key."""

    file: str
    line: int
    value: str | list[Node] | dict[str, Node] | None

    def plain(self) -> Plain:
        """The value without places."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value

    def at(self, location: Location) -> Node:
        """The node a location names, or the deepest one on the way that exists."""
        node = self
        for part in location:
            child = node._child(part)
            if child is None:
                break
            node = child
        return node

    def _child(self, part: str | int) -> Node | None:
        if isinstance(self.value, dict):
            return self.value.get(str(part))
        in_list = isinstance(self.value, list) and isinstance(part, int) and 0 <= part < len(self.value)
        return self.value[int(part)] if isinstance(self.value, list) and in_list else None

    def get(self, key: str) -> Node:
        """The value of a key; an empty node where there is no such key, or no mapping."""
        child = self.value.get(key) if isinstance(self.value, dict) else None
        return child if child is not None else Node(self.file, self.line, None)

    def keys(self) -> frozenset[str]:
        return frozenset(self.value) if isinstance(self.value, dict) else frozenset()

    def items(self) -> Iterator[tuple[str, Node]]:
        """The pairs of a mapping; none where it is something else."""
        yield from self.value.items() if isinstance(self.value, dict) else ()

    def elements(self) -> Iterator[Node]:
        """The elements of a list; none where it is something else."""
        yield from self.value if isinstance(self.value, list) else ()

    def text(self, key: str) -> str | None:
        """The text of a key, or None."""
        value = self.get(key).value
        return value if isinstance(value, str) else None


def read(path: Path, problems: list[Problem]) -> Node | None:
    """The tree of a file; None, with the reason added to `problems`, where it cannot be read."""
    try:
        return parse(decode(path), str(path), problems)
    except PackError as error:
        problems.extend(error.problems)
        return None


def decode(path: Path) -> str:
    """A file's text; PackError names the byte that is not UTF-8."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise _unreadable(str(path), 1, f"cannot be read ({error.strerror}): check the path and permissions") from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"byte {error.start} (0x{data[error.start]:02X}) is not UTF-8: save the file as UTF-8"
        raise _unreadable(str(path), line, message) from error


def parse(text: str, file: str, problems: list[Problem]) -> Node:
    """The tree of a text; duplicate keys are added to `problems`, anything unreadable raises PackError."""
    try:
        return _Builder(file, problems).build(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = ", ".join(part for part in (error.context, error.problem) if part)
        line = mark.line + 1 if mark else 1
        raise _unreadable(file, line, f"not readable as YAML ({what}): correct it, or quote the text") from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        message = f"character U+{_code(error.character):04X} is not allowed in YAML: remove it"
        raise _unreadable(file, line, message) from error


def _code(character: str | int | bytes) -> int:
    """The code of a character as either of PyYAML's parsers reports it."""
    return character if isinstance(character, int) else ord(character)


def _unreadable(file: str, line: int, message: str) -> PackError:
    return PackError([Problem(file, line, message)])


@dataclass(slots=True)
class _Frame:
    """A list or mapping under construction; `key` is the mapping's key that waits for its value."""

    node: Node
    key: str | None = None
    key_line: int = 0
    lines: dict[str, int] = field(default_factory=dict)


class _Builder:
    """Events in, one tree out. Never recursive: depth is data here."""

    def __init__(self, file: str, problems: list[Problem]) -> None:
        self.file = file
        self.problems = problems
        self.frames: list[_Frame] = []
        self.root: Node | None = None

    def build(self, text: str) -> Node:
        documents = 0
        for event in yaml.parse(text, Loader=Loader):
            line = event.start_mark.line + 1 if event.start_mark else 1
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise self._refuse(line, "a second document begins here: keep one per file")
            elif isinstance(event, yaml.AliasEvent):
                raise self._refuse(line, f"alias *{event.anchor}: write the text out instead")
            elif isinstance(event, yaml.ScalarEvent):
                self._check(event, line)
                self._scalar(event, line)
            elif isinstance(event, yaml.CollectionStartEvent):
                self._check(event, line)
                self._open(event, line)
            elif isinstance(event, yaml.CollectionEndEvent):
                self._add(self.frames.pop().node)
        return self.root if self.root is not None else Node(self.file, 1, None)

    def _refuse(self, line: int, message: str) -> PackError:
        return _unreadable(self.file, line, message)

    def _check(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent, line: int) -> None:
        if event.anchor is not None:
            raise self._refuse(line, f"anchor &{event.anchor}: remove it, aliases are not supported")
        if event.tag not in TEXT_TAGS:
            raise self._refuse(line, f"tag {event.tag}: remove it, every value is text")

    def _scalar(self, event: yaml.ScalarEvent, line: int) -> None:
        if self._awaits_key():
            self._take_key(event.value, line)
            return
        null = event.value in NULLS and event.style in (None, "") and event.tag is None
        self._add(Node(self.file, line, None if null else event.value))

    def _open(self, event: yaml.CollectionStartEvent, line: int) -> None:
        if self._awaits_key():
            raise self._refuse(line, "a key must be text: quote it if it begins with [ or {")
        if len(self.frames) >= MAX_DEPTH:
            raise self._refuse(line, f"nested deeper than {MAX_DEPTH} levels: flatten it")
        is_mapping = isinstance(event, yaml.MappingStartEvent)
        self.frames.append(_Frame(Node(self.file, self._line(line), {} if is_mapping else [])))

    def _awaits_key(self) -> bool:
        return bool(self.frames) and isinstance(self.frames[-1].node.value, dict) and self.frames[-1].key is None

    def _take_key(self, key: str, line: int) -> None:
        frame = self.frames[-1]
        frame.key, frame.key_line = key, line
        if key in frame.lines:
            message = f"key {key} is given twice, first on line {frame.lines[key]}: keep one"
            self.problems.append(Problem(self.file, line, message, field=key))
        frame.lines.setdefault(key, line)

    def _line(self, line: int) -> int:
        """The line to report for a value that begins at `line`: its key's where it has one."""
        return self.frames[-1].key_line if self.frames and self.frames[-1].key is not None else line

    def _add(self, node: Node) -> None:
        if not self.frames:
            self.root = node
            return
        frame = self.frames[-1]
        if isinstance(frame.node.value, dict) and frame.key is not None:
            frame.node.value.setdefault(frame.key, Node(node.file, frame.key_line, node.value))
            frame.key = None
        elif isinstance(frame.node.value, list):
            frame.node.value.append(node)
