"""What is said of a cell that cannot be read, in both languages: what is wrong, and what to do."""

from __future__ import annotations

from typing import Final, Literal

Severity = Literal["error", "warning"]

# Code → severity, English, Chinese. A warning keeps nothing from being read.
MESSAGES: Final[dict[str, tuple[Severity, str, str]]] = {
    # of a whole file or sheet
    "empty_file": ("error", "is empty: choose another file", "文件是空的，请换一个文件"),
    "encoding": (
        "error",
        "is in no encoding this program reads: save it as CSV UTF-8",
        "文件编码无法识别，请另存为「CSV UTF-8」",
    ),
    "no_table": (
        "error",
        "is no table, but a picture, a document or a program's file: choose .xlsx, .csv, .json or .yaml",
        "这不是表格，可能是图片、文档或程序文件，请选择 .xlsx、.csv、.json 或 .yaml 文件",
    ),
    "old_excel": (
        "error",
        "is in the old binary form of Excel, or locked by a password: save it as .xlsx without one, or as CSV UTF-8",
        "这是旧版 Excel（.xls）或加了密码的文件，请另存为不带密码的 .xlsx，或「CSV UTF-8」",
    ),
    "not_a_workbook": (
        "error",
        "cannot be read as a workbook ({reason}): open it and save it again as .xlsx",
        "无法作为表格打开，可能文件已损坏，或不是 Excel 表格；请用 Excel 或 WPS 打开，另存为 .xlsx 再试",
    ),
    "too_many_parts": (
        "error",
        "holds {n} parts, at most {limit} are unpacked: copy its sheets into a new workbook",
        "文件内含 {n} 个部分，最多 {limit} 个，请把工作表复制到新的工作簿",
    ),
    "unpacks_too_large": (
        "error",
        "unpacks to {n} bytes, at most {limit} are unpacked: split it",
        "解压后有 {n} 字节，最多 {limit} 字节，请拆分文件",
    ),
    "unpacks_too_far": (
        "error",
        "part {part} grows from {packed} to {n} bytes, as nothing real does: copy its sheets into a new workbook",
        "{part} 从 {packed} 字节膨胀到 {n} 字节，不像正常表格，请把工作表复制到新的工作簿",
    ),
    "locked": ("error", "is locked by a password: save it without one", "文件加了密码，请去掉密码后再导入"),
    "hidden_sheet": (
        "warning",
        "is a hidden sheet and is not read: show it to have it read",
        "这是隐藏的工作表，没有读取；需要导入请先取消隐藏",
    ),
    "too_many_rows": ("error", "more than {limit} rows: split it", "超过 {limit} 行，请拆分后再导入"),
    "unreadable_from_here": (
        "error",
        "cannot be read from here on ({reason}): check its quotation marks",
        "从这一行起无法读取，请检查引号是否成对，单元格内容是否过长",
    ),
    "unclosed_quote": (
        "error",
        "opens a quotation mark that is never closed, so the rest of the file is in this row: close it",
        "有一个引号没有闭合，之后的内容都被算进了这一行，请补上引号",
    ),
    "unknown_json": (
        "error",
        "is JSON of no form this program reads: Azure qnas, Chatwoot canned responses, Dify pairs, or a question set",
        "无法识别这种 JSON；可以导入 Azure 问答、Chatwoot 快捷回复、Dify 问答对，或问题集",
    ),
    "no_header": (
        "error",
        "no header was found in the first rows: name the columns, at least 标准问 (Title) and 回复 (Reply)",
        "前几行里没有找到表头，请写明列名，至少要有「标准问」和「回复」",
    ),
    "above_header": ("warning", "stands above the header and is not read", "在表头上方，没有读取"),
    "pack": ("error", "{text}", "{text}"),
    # of a column
    "unknown_column": (
        "warning",
        "is no column this program knows, so it is not read: rename it, or leave it",
        "没有这一列，内容不会导入；需要导入请改列名，不需要可以不管",
    ),
    "same_column": (
        "error",
        "means the same as column {other}: keep one, or rename it",
        "和「{other}」列含义相同，请只留一列或改列名",
    ),
    # of a row
    "nothing_read": ("warning", "has nothing in a column that is read", "能识别的列里没有内容，这一行没有读取"),
    "no_question": (
        "error",
        "names no question, and stands below no row that does: write one",
        "没有标准问，上面也没有可以接续的行，请补上标准问",
    ),
    "differs": (
        "error",
        "differs from row {at}{elsewhere}, column {other}, of the same entry: keep one of the two",
        "和同一条话术的第 {at} 行{elsewhere}「{other}」列不一致，请只留一个",
    ),
    "same_id": (
        "error",
        "id {id} is also that of row {at}{elsewhere}: give one of them another",
        "编号 {id} 与第 {at} 行{elsewhere}重复，请改掉其中一个",
    ),
    # of a cell
    "uncalculated": (
        "error",
        "is a formula whose value is not in the file: open it in Excel or WPS, and save it",
        "这个公式还没有算出结果，请用 Excel 或 WPS 打开保存一次",
    ),
    "formula_error": (
        "error",
        "is an error, not a value: mend the formula, or write the value",
        "公式出错了，请修正公式或直接填写内容",
    ),
    "not_a_date": (
        "error",
        "is no date that can be read: write it as 2026-11-22",
        "看不出是哪一天，请写成 2026-11-22 这样",
    ),
    "not_a_choice": ("error", "is none of {words}: choose one", "不在可选范围内，请从中选一个：{words}"),
    "bad_id": (
        "error",
        "is no id (letters, digits, - and _ between dots): write for example {example}",
        "编号只能用字母、数字、- 和 _，中间用点隔开，例如 {example}",
    ),
    "too_long": (
        "error",
        "is {n} characters long, at most {limit} fit: shorten it",
        "有 {n} 个字，最多 {limit} 个字，请缩短",
    ),
    "unshowable": ("error", "{text}", "含有无法显示的控制字符，请删掉后重新输入（{text}）"),
    "invalid": ("error", "{text}", "内容不符合要求：{text}"),
    "no_title": (
        "error",
        "is missing, and no entry has this id yet: write one",
        "缺少标准问，而且还没有这个编号的话术，请补上",
    ),
    "no_reply": ("error", "there is no reply: write one", "没有回复，请补上"),
    "no_target": (
        "error",
        "an escalation needs somebody to take it over: name one of {names}",
        "要升级就得写升级对象，可以是：{names}",
    ),
    "window": (
        "error",
        "begins on {begins}, after it ends on {ends}: swap them",
        "生效日期 {begins} 晚于失效日期 {ends}，请对调",
    ),
    "unknown_product": (
        "error",
        "product {name} does not exist: correct it, or add the product first{near}",
        "没有产品「{name}」，请改正，或先添加这个产品{near}",
    ),
    "unknown_target": (
        "error",
        "escalation target {name} does not exist: correct it, or add it to the policy first{near}",
        "没有升级对象「{name}」，请改正，或先在规则里添加{near}",
    ),
    "unknown_field": (
        "error",
        "field to collect {name} does not exist: correct it, or add it to the policy first{near}",
        "没有要收集的「{name}」，请改正，或先在规则里添加{near}",
    ),
    "unknown_entry": (
        "error",
        "related entry {name} does not exist: correct it, or add that entry{near}",
        "没有编号为 {name} 的话术，请改正，或添加那一条{near}",
    ),
    "unknown_slot": (
        "error",
        "slot {{{name}}} does not exist: correct it, or add it to the policy first{near}",
        "没有变量 {{{name}}}，请改正，或先在规则里添加{near}",
    ),
    "unknown_fact": (
        "error",
        "fact {{{name}}} does not exist: correct it, or add it to the facts first{near}",
        "没有店铺资料 {{{name}}}，请改正，或先添加{near}",
    ),
    "unknown_variable": (
        "error",
        "variable {name} has no slot here: write {{customer_name}}, {{agent_name}} or plain text",
        "变量 {name} 在这里没有对应，请改成 {{customer_name}}、{{agent_name}} 或普通文字",
    ),
    # of an entry, once the database is known
    "open_draft": (
        "warning",
        "entry {id} has version {version} by {author} waiting: this adds another beside it",
        "话术 {id} 已有 {author} 写的版本 {version} 待处理，导入会再加一个版本",
    ),
}
# What a message says where there is something to say of it.
ASIDES: Final[dict[str, tuple[str, str]]] = {
    "near": (" (did you mean {}?)", "（是不是「{}」？）"),
    "elsewhere": (" of sheet {}", "（工作表「{}」）"),
}
