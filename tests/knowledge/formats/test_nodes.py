"""YAML as a tree with places."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from knowledge.errors import PackError, Problem
from knowledge.formats import nodes
from knowledge.formats.nodes import parse, read


def plain(text: str) -> nodes.Plain:
    """The data of a text without problems."""
    problems: list[Problem] = []
    node = parse(text, "f.yaml", problems)
    assert problems == []
    return node.plain()


def refused(text: str) -> str:
    """Why a text is not read."""
    with pytest.raises(PackError) as caught:
        parse(text, "f.yaml", [])
    return str(caught.value)


@pytest.fixture(params=["CSafeLoader", "SafeLoader"])
def _either_parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nodes, "Loader", getattr(yaml, request.param))


@pytest.mark.usefixtures("_either_parser")
class TestWithEitherParser:
    """What holds for libyaml and for the pure parser used where libyaml is not there."""

    def test_scalars_are_text(self) -> None:
        """Numbers, times, dates and truth values stay what was typed; plain null, ~ and nothing are None."""
        text = "[no, 12315, 8:30, 0x1F, 2026-01-01, 1.50, true, <<, =]"
        assert plain(text) == ["no", "12315", "8:30", "0x1F", "2026-01-01", "1.50", "true", "<<", "="]
        assert plain("a: null\nb: ~\nc:\nd: 'null'\ne: \"\"\nf: !!str null\nnull: x\n") == {
            "a": None, "b": None, "c": None, "d": "null", "e": "", "f": "null", "null": "x"
        }  # fmt: skip

    def test_values_know_their_line(self) -> None:
        """A value in a mapping has its key's line, a list element its own; what is absent, its parent's."""
        node = parse("a: 1\nb:\n  - x\n  - c: |-\n      text\n\n    d:\n      [y,\n       z]\n", "f.yaml", [])
        assert [node.at(where).line for where in ((), ("a",), ("b",), ("b", 0), ("b", 1, "c"))] == [1, 1, 2, 3, 4]
        assert [node.at(where).line for where in (("b", 1, "d"), ("b", 1, "d", 1), ("b", 7), ("b", 1, "q"))] == [
            7,
            9,
            2,
            4,
        ]

    def test_a_key_given_twice_is_a_problem(self) -> None:
        """Both lines are named, the first value is kept and reading goes on."""
        problems: list[Problem] = []
        node = parse("a: 1\nb: 2\na: 3\n", "f.yaml", problems)
        assert [str(problem) for problem in problems] == [
            "f.yaml:3: field a: key a is given twice, first on line 1: keep one"
        ]
        assert node.plain() == {"a": "1", "b": "2"}

    @pytest.mark.parametrize(
        ("text", "where"),
        [
            ("a: b: c\n", "f.yaml:1"),
            ("x: 1\na: [1\n", "f.yaml:3"),
            ("a:\n\tb: 1\n", "f.yaml:2"),
            ("a: 1\nb: \x01\n", "f.yaml:2"),
        ],
    )
    def test_a_syntax_error_has_its_line(self, text: str, where: str) -> None:
        """What no parser reads is named by file and line."""
        assert refused(text).startswith(f"{where}: ")

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("a: &x [1]\nb: *x\n", "f.yaml:1: anchor &x"),
            ("a: 1\nb: *x\n", "f.yaml:2: alias *x"),
            ("a: !!python/object:os.system x\n", "f.yaml:1: tag tag:yaml.org,2002:python/object:os.system"),
            ("a: !!int 3\n", "f.yaml:1: tag tag:yaml.org,2002:int"),
            ("a: 1\n---\nb: 2\n", "f.yaml:2: a second document"),
            ("? [a]\n: 1\n", "f.yaml:1: a key must be text"),
        ],
    )
    def test_what_hides_meaning_is_refused(self, text: str, reason: str) -> None:
        """Anchors, aliases, tags, further documents and keys that are no text are refused by line."""
        assert refused(text).startswith(reason)

    @pytest.mark.parametrize("text", ["- " * 3000, "[" * 900, "{a: " * 900])
    def test_depth_is_bounded(self, text: str) -> None:
        """A file of nothing but nesting is refused rather than followed."""
        assert "nested deeper than 32 levels" in refused(text)


def test_a_huge_nest_does_not_end_the_process() -> None:
    """200 KB of nested lists, on which `yaml.compose` overflows the C stack, are an ordinary problem."""
    assert "nested deeper than 32 levels" in refused("- " * 100_000)


def test_an_empty_file_is_nothing(tmp_path: Path) -> None:
    """No content, or comments only, reads as None."""
    assert plain("") is None
    assert plain("# nothing yet\n") is None


def test_a_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    """Files as Windows editors save them are read."""
    (tmp_path / "f.yaml").write_bytes(b"\xef\xbb\xbfa: 1\r\nb: 2\r\n")
    node = read(tmp_path / "f.yaml", [])
    assert node is not None and node.plain() == {"a": "1", "b": "2"}


def test_bytes_that_are_not_utf8_are_named(tmp_path: Path) -> None:
    """The file, the line and the byte position of the first undecodable byte are given."""
    path = tmp_path / "f.yaml"
    path.write_bytes("a: 1\nb: 退款".encode("gbk"))
    problems: list[Problem] = []
    assert read(path, problems) is None
    assert [str(problem) for problem in problems] == [f"{path}:2: byte 8 (0xCD) is not UTF-8: save the file as UTF-8"]


def test_a_file_that_cannot_be_opened_is_a_problem(tmp_path: Path) -> None:
    """An absent file or a folder is named, not raised as an OSError."""
    problems: list[Problem] = []
    assert read(tmp_path / "absent.yaml", problems) is None
    assert read(tmp_path, problems) is None
    assert ["cannot be read" in problem.message for problem in problems] == [True, True]
