"""What is wrong in a file, in the language of who reads it."""

from __future__ import annotations

import re

import pytest

from knowledge.formats.reading import read
from service.cells import in_language

ENTRY = "id: a.b\n  kind: faq\n  title: 改\n  replies: [{text: 好}]\n"
FILES = (
    "- id: [a\n  b: c\n",
    "- {id: a.b, id: a.c}\n",
    "- &x {id: a.b}\n- *x\n",
    "- !!int 3\n",
    "- id: a\n---\n- id: b\n",
    "? [a]\n: b\n",
    "a: b\n",
    f"- {ENTRY}  tag: x\n- {ENTRY}- {ENTRY}",
    "- " + "[" * 40 + "\n",
    "- id: \x07\n",
)


@pytest.mark.parametrize("text", FILES)
def test_what_readers_of_yaml_say_is_said_in_chinese(text: str) -> None:
    """No sentence of theirs is left in English; to who reads English it is what it was."""
    found = read(text.encode(), "话术.yaml").problems
    assert found
    for one in found:
        said = in_language(one, "zh").say("zh")
        assert re.search("[一-鿿]", said) and not re.search(r"\b(the|is|it|keep|remove|expects|one)\b", said), said
        assert in_language(one, "en").say("en") == one.say("en")


def test_what_readers_of_json_say_is_said_in_chinese() -> None:
    """The syntax, and what is no object."""
    data = b'{"id": "a", "questions": ["x"]}\n{"id": \n[1]\n'
    said = [in_language(one, "zh").say("zh") for one in read(data, "q.jsonl", "jsonl").problems]
    assert said == ["这一行不合 JSON 的写法：请检查引号、逗号和括号", "这一行要写成一个 JSON 对象：请用 { } 括起来"]
