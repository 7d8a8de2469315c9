"""What is wrong in a file that is brought in, said in the language of who reads it.

Problems of cells have both languages already. What the readers of YAML and JSON say within them is English, and is put
into Chinese here; a sentence that has no counterpart stays as it is.
"""

from __future__ import annotations

from knowledge.formats.sheets import CellProblem
from knowledge.model import Language
from service.editing import wording
from service.sentences import Sentences, words

SENTENCES = Sentences(
    (
        (
            r"not readable as YAML \(.*\): .*",
            words("这里附近不合 YAML 的写法：请检查缩进、冒号、引号和括号，带特殊符号的文字要加引号"),
        ),
        (r"not readable as JSON \(.*\): .*", words("这一行不合 JSON 的写法：请检查引号、逗号和括号")),
        (r"byte (\d+) \(\w+\) is not UTF-8: .*", words("文件不是 UTF-8 编码（第 {0} 个字节起）：请另存为 UTF-8")),
        (r"character (U\+\w+) is not allowed in YAML: .*", words("含有 YAML 不允许的字符 {0}：请删掉")),
        (r"a second document begins here: .*", words("从这里起是第二份文档：一个文件只放一份，请拆开")),
        (r"(?:alias \*|anchor &)(\S*): .*", words("用了 YAML 的引用「{0}」：请直接写出文字")),
        (r"tag (\S+): .*", words("用了 YAML 的标记 {0}：请去掉，内容都按文字读取")),
        (r"a key must be text: .*", words("字段名要写成文字：以 [ 或 {{ 开头的请加引号")),
        (r"nested deeper than (\d+) levels: .*", words("嵌套超过 {0} 层：请减少层次")),
        (r"key (.*) is given twice, first on line (\d+): .*", words("「{0}」写了两次，第一次在第 {1} 行：请只留一个")),
        (r"the id is also (?:on line |at .*?:)(\d+): .*", words("这个编号第 {0} 行已经用过：请改名或删掉一条")),
        (r"expects a list: .*", words("这里要写成列表：每一项以 “- ” 开头")),
        (r"expects an object: .*", words("这一行要写成一个 JSON 对象：请用 {{ }} 括起来")),
        (r"is missing: add it", words("缺少这一项：请补上")),
        (r"is not a known field: .*", words("没有这个字段：请改正名称或删掉")),
        (r"is empty: write something or remove it", words("是空的：请填写或删掉")),
    )
)


def in_language(problem: CellProblem, language: Language) -> CellProblem:
    """The problem with what it quotes in that language."""
    text = problem.filling.get("text")
    if language == "en" or text is None:
        return problem
    chinese = SENTENCES.chinese(text) or wording.SENTENCES.chinese(text) or text
    return problem.model_copy(update={"filling": {**problem.filling, "text": chinese}})
