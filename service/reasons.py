"""Why something could not be done, and what the service noted by itself, in the language of who reads it.

One that has no counterpart here is shown as it is: better English than nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from knowledge.model import Language
from service.sentences import AS_IT_IS, Sentences, words

STATES = {"draft": "草稿", "in_review": "审核中", "approved": "已批准", "retired": "已停用"}
REMEDIES = {
    "submit it first": "请先提交审核",
    "send it back first": "请先退回",
    "save the change as a new version": "请把改动另存为新版本",
    "save it as a new version": "请另存为新版本",
}
BUILDS = {
    "running": "进行中",
    "ready": "已生成",
    "published": "已发布",
    "failed": "失败",
    "cancelled": "已取消",
    "killed": "已中断",
}
PERMISSIONS = {
    "suggest": "取话术",
    "search": "查话术",
    "feedback": "反馈",
    "read": "看草稿",
    "edit": "编辑",
    "approve": "审核",
    "publish": "发布",
    "insights": "看数据",
    "administer": "管理",
}
DECISIONS = {"accepted": "存为草稿", "skipped": "跳过"}
ENDS = {"from": "开始日期", "to": "结束日期"}
UNITS = {"pages": "页", "characters": "个字", "lines": "行", "bytes": "字节"}


def _place(page: str | None, paragraph: str, line: str) -> str:
    """Where in a document: `第 2 页第 3 段第 7 行`."""
    return (f"第 {page} 页" if page else "") + f"第 {paragraph} 段第 {line} 行"


PEOPLE = (
    (
        r"name ['\"](.*)['\"] cannot be used: .*",
        words("「{0}」不能作用户名：请用 1 到 80 个字母、数字、汉字或 . @ + - _"),
    ),
    (r"the name (.*) is taken: choose another", words("用户名「{0}」已经有人用了：请换一个")),
    (r"there is nobody named (.*?): .*", words("没有叫「{0}」的人：可能刚有同事改过，请刷新页面再看")),
    (r"(\S+) is the only administrator: .*", words("{0} 是唯一的管理员：请先让另一位同事成为管理员")),
    (r"(\S+) is disabled: .*", words("{0} 的账号已停用：请管理员先恢复它")),
    (r"there is an administrator already: .*", words("已经有管理员了：请向管理员要一个登录链接")),
    (r"a key's name has 0 characters: .*", words("请写明密钥用在哪里")),
    (r"a key's name has (\d+) characters: give 1 to (\d+)", words("名称有 {0} 个字：请写 1 到 {1} 个字")),
    (r"a key named (.*) is in use: .*", words("已经有叫「{0}」的密钥在用：请换个名称，或先作废那一个")),
    (r"there is no key (\d+): .*", words("没有第 {0} 号密钥：请刷新页面再看")),
    (
        r"the sign-in took too long, or began in another browser: .*",
        words("登录等得太久，或是在另一个浏览器里开始的：请重新登录"),
    ),
    (
        r"the sign-in provider did not confirm who you are: .*",
        words("公司账号没有确认您的身份：请再试一次，或用密码登录"),
    ),
    (r"this needs a sign-in that allows (\w+): .*", words("需要登录，并有「{0}」权限：请先登录", PERMISSIONS)),
    (r"this needs (\w+), and (.*) has the roles .*", words("需要「{0}」权限，{1} 没有：请联系管理员", PERMISSIONS)),
    (
        r"(?:the knowledge )?database .*is empty, and knowledge was kept in it before: .*",
        words("知识库是空的，而原来有内容：请恢复备份；确实要从头开始时，用 huashu new-database"),
    ),
    (r"who asks cannot be told while .*", words("数据库暂时连不上，无法确认您的身份：请稍后再试")),
    (r"(?:too many|more than) .*wait (\d+) s and try again", words("操作太频繁了：请等 {0} 秒再试")),
)
DATES = (
    (r"(from|to): is no date: write it as (\S+)", words("{0}没有写成日期：请写成 {1} 这样", ENDS)),
    (r"(from|to): is not within (\S+) and (\S+)", words("{0}超出范围：请选 {1} 到 {2} 之间", ENDS)),
    (r"from: (\S+) is after to, (\S+): swap them", words("开始日期 {0} 在结束日期 {1} 之后：请对调")),
)
VERSIONS = (
    (
        r"(?:entry )?(\S+) version (\d+) was written by (.*) and cannot be approved by .*",
        words("{0} v{1} 是 {2} 自己写的：需要另一位同事批准"),
    ),
    (
        r"entry (\S+) version (\d+) was submitted by (.*) and cannot be withdrawn by .*",
        words("{0} v{1} 是 {2} 提交的，只有本人能撤回：请改用退回，并写明原因"),
    ),
    (
        r"entry (\S+) version (\d+) is older than version (\d+), which was approved: .*",
        words("{0} v{1} 比批准过的 v{2} 旧：请把内容另存为新版本"),
    ),
    (
        r"entry (\S+) version (\d+) is older than version (\d+), which is in review: .*",
        words("{0} v{1} 比正在审核的 v{2} 旧：请把内容另存为新版本"),
    ),
    (
        r"entry (\S+) version (\d+) is (\w+), not (\w+): (.*)",
        words("{0} v{1} 现在是「{2}」，不是「{3}」：{4}", AS_IT_IS, AS_IT_IS, STATES, STATES, REMEDIES),
    ),
    (r".* without a word helps nobody: .*", words("这里需要写点什么：请说明原因")),
    (r"entry (\S+) has no version (\d+): choose one of (.*)", words("{0} 没有 v{1}：现有 {2}")),
    (r"entry (\S+) does not exist: .*", words("没有 {0} 这条话术：请核对编号，或先保存")),
    (r"entry (\S+) has no approved version .*", words("{0} 没有在用的版本，不需要停用")),
    (
        r"entry (\S+): your text began from nothing, and (.*) has saved .*",
        words("{1} 已经先保存了 {0}：请合并后再保存"),
    ),
    (
        r"entry (\S+): your text began from version (\d+), and (.*) has saved version (\d+) since: .*",
        words("您是从 v{1} 改起的，{2} 后来保存了 v{3}：请合并后再保存"),
    ),
    (r"entry (\S+) version (\d+) says the same as version (\d+), .*", words("v{1} 和最新的 v{2} 内容相同，不需要恢复")),
    (r"entry (\S+) exists, at version (\d+): .*", words("{0} 已经有了（v{1}）：请换一个编号，或加到那一条里")),
    (r"entry (\S+) was retired by (.*): .*", words("{0} 已被 {1} 停用：请选另一条，或重新写")),
    (r"entry (\S+) has all of these already, .*", words("{0} 里已经有这些相似问，或去掉隐私后没剩下文字：请改用忽略")),
    (r"entry (\S+) has no variant \"(.*)\" in its newest .*", words("{0} 的最新版本里没有「{1}」：可能刚有同事改过")),
    (r"entry (\S+) has no variant \"(.*)\" to repair: .*", words("{0} 的「{1}」不在待修相似问里：请刷新页面")),
    (r"variant \"(.*)\" of entry (\S+) was decided on already: .*", words("{1} 的「{0}」已有同事处理过：请刷新页面")),
    (r"entry (\S+) holds the variant already: .*", words("{0} 里已经有这条相似问：请选另一条")),
    (r"(.*) has no working copy of entry (\S+): .*", words("{1} 没有未保存的修改")),
    (r"your working copy of entry (\S+) is at revision .*", words("您在另一个窗口也改了这一条：请刷新，合并后再保存")),
    (
        r"(\d+) of (\d+) queries are no longer in the inbox, .*",
        words("所选 {1} 条里有 {0} 条已不在收件箱：可能有同事处理过，请刷新"),
    ),
    (r"theme '(.*)' is not in the inbox now: .*", words("这组问题已不在收件箱：请刷新页面")),
    (r"entry '?(.*?)'? is not in index .*", words("线上没有 {0} 这条话术：可能已停用，或还没发布")),
    (r"entry '(.*)' is valid (.*), not on (\S+): .*", words("{0} 今天（{2}）不在有效期内")),
)
PUBLISHING = (
    (r"build (\S+) by (.*) is under way: .*", words("{1} 正在生成（{0}）：请等它完成，或先取消")),
    (r"another build is under way: .*", words("另一次生成正在进行：请等它完成，或先取消")),
    (r"build (\S+) is (\w+) already: there is nothing to cancel", words("这次生成{1}，不需要取消", AS_IT_IS, BUILDS)),
    (r"build (\S+) has no report, .*", words("这次生成没有报告：请重新生成")),
    (r"build (\S+) (?:does not exist|is not remembered: .*)", words("没有 {0} 这次生成的记录：请重新生成")),
    (r"build (\S+) made (.*) against .*", words("您看的报告和要发布的版本对不上：请重新看报告，再发布")),
    (
        r"(\S+) may not be published: stored phrasings .*",
        words("{0} 不能发布：有相似问搜不到自己的话术，报告里列出了是哪些"),
    ),
    (
        r"(\S+) may not be published: golden queries .*",
        words("{0} 不能直接发布：标准测试题比以前答得差，请改进，或写明为什么可以接受"),
    ),
    (r"(\S+) is live already: .*", words("{0} 已经是线上版本")),
    (r"(\S+) is not on disk any more: build again", words("{0} 的文件已被清理：请重新生成")),
    (r"version (\S+) is not on disk, so nobody can go back to it; .*", words("版本 {0} 的文件已被清理，不能回滚到它")),
    (r"(\S+) was never live: publish it by its report", words("{0} 从未上线过：请从它的报告发布")),
    (r"there is no approved entry to build from: .*", words("还没有已批准的话术：请先导入，或批准几条")),
    (r"the database holds no policy: .*", words("还没有导入规则：请管理员先导入")),
    (r"no policy has been imported yet: .*", words("还没有导入规则：请管理员先导入")),
    (r"no phrasing with a letter or a character in it has entry (.*): .*", words("{0} 没有一句带文字的相似问：请补上")),
    (
        r"lint found (\d+) errors, so nothing was built; .*?The first:\n(.*)",
        words("检查发现 {0} 个错误，所以没有生成。前几个：\n{1}"),
    ),
)
FILES = (
    (r"(\d+) errors in (.*): correct them, .*", words("「{1}」里有 {0} 个错误：请改正，或选择跳过有错的行")),
    (
        r"(\d+) errors in (.*), and (\d+) entries to retire, .*",
        words("「{1}」里有 {0} 个错误，又要停用 {2} 条：请先改正，或不停用"),
    ),
    (
        r"(.*?):? (?:changed since the dry run|a product, target, .* there is gone): .*",
        words("{0} 在检查之后又有变化：请重新检查"),
    ),
    (
        r"import '?(\S+?)'? (?:is not there, .*|was applied at .*)",
        words("这次导入已经用过，或超过一天了：请重新上传文件"),
    ),
    (r"(.*) needs approve, and (.*) has it not: .*", words("{1} 没有审核权限：请导入为草稿，或请审核人来做")),
    (
        r"document .* is not kept \(documents are for (\d+) days\): .*",
        words("这份文档已删除（只保留 {0} 天）：请重新上传"),
    ),
    (r"document (\S+) has no proposal (\d+): .*", words("文档里没有第 {1} 条建议")),
    (r"proposal (\d+) was being decided already: .*", words("第 {0} 条正由同事处理：请刷新页面")),
    (r"proposal (\d+) was (\w+) by (.*) already: .*", words("第 {0} 条已由 {2} {1}：请刷新页面", AS_IT_IS, DECISIONS)),
    (r"the document is empty: .*", words("文档是空的：请换一个文件")),
    (
        r"the document has (\d+) (\w+), at most (\d+) are read: .*",
        words("文档有 {0} {1}，最多读 {2} {1}：请拆成几份", AS_IT_IS, UNITS),
    ),
    (
        r"(\d+) of (\d+) characters cannot be read as text: .*",
        words("{1} 个字符里有 {0} 个读不出来：请另存为 DOCX、PDF、HTML 或 UTF-8 文本"),
    ),
    (r"this is an old Word file \(\.doc\): .*", words("这是旧版 Word（.doc）：请另存为 DOCX、PDF、HTML 或 TXT")),
    (r"the PDF is locked by a password: .*", words("PDF 加了密码：请另存为不带密码的")),
    (
        r"the PDF has (\d+) pages and no text: .*",
        words("这份 PDF 有 {0} 页，但没有文字，是扫描件：请先做文字识别（OCR）"),
    ),
    (r"reading took longer than (\S+) s .*", words("读了 {0} 秒还没读完，已停止：请拆成几份")),
    (
        r"(?:the (?:DOCX|PDF) is broken|the archive is broken|the archive holds no|the document could not be read).*",
        words("文件损坏或格式不对，读不了：请打开它，另存为 DOCX、PDF、HTML 或 TXT 再试"),
    ),
    (
        r"\S+ (?:unpacks to|declares a document type|is not well-formed).*",
        words("文件内部不正常，读不了：请打开它，另存一份再试"),
    ),
)
SERVICE = (
    (r"(\d+) queries are waiting already, .*: try again in (\d+) s", words("排队的查询有 {0} 个：请等 {1} 秒再试")),
    (r"a value is too large for the database .*", words("填的内容太长或太大，存不下：请改短一些")),
    (
        r"(?:a text )?holds control character (\S+) at position (\d+): remove it",
        words("第 {1} 个字是控制字符 {0}：请去掉"),
    ),
    (
        r"a text holds half a character, (\S+), at position (\d+): remove it",
        words("第 {1} 个字不完整（{0}）：请去掉"),
    ),
    (r"there is nothing at (\S+): .*", words("没有 {0} 这个页面：请核对地址，或从首页进入")),
    (r"(\S+) takes no (\S+): use (.*)", words("{0} 不支持 {1} 方法：请用 {2}")),
    (
        r"this service is not called (.*) \(the header Host\): use (\S+), or set .*",
        words("不能用 {0} 这个名称访问：请打开 {1}，或请管理员把 HUASHU_PUBLIC_URL 设为大家打开的地址"),
    ),
    (
        r"the body has (\d+) bytes.*, and at most (\d+) are taken here: split the file",
        words("文件有 {0} 字节，最多 {1} 字节：请拆成几份"),
    ),
    (
        r"the body has (\d+) bytes.*, and at most (\d+) are taken here: .*",
        words("内容有 {0} 字节，最多 {1} 字节：请缩短，或分几次发送"),
    ),
    (r"(?:body: )?is not sent as JSON: .*", words("请求体没有标明是 JSON：请加上 Content-Type: application/json")),
    (r"the service's disk takes nothing .*", words("服务器磁盘写不进去，什么都没有保存：请管理员清理磁盘，再试一次")),
    (
        r"an unexpected error was logged under request id (\S+): .*",
        words("出了意外：请再试一次；还不行，请把编号 {0} 告诉管理员"),
    ),
    (r"no artefact has been published in .*", words("还没有发布过任何版本：请先生成并发布")),
)
NOTES = (
    (r"import", words("导入")),
    (
        r"from (.*?)(?:, page (\d+))?, paragraph (\d+), line (\d+)(?:, part (\d+))?",
        lambda found: f"来自《{found[1]}》{_place(found[2], found[3], found[4])}",
    ),
    (r"version (\d+) was submitted in its place", words("已改由 v{0} 送审")),
    (r"the pack that comes with Huashu", words("随程序自带的话术")),
    (r"(\d+) variants from the inbox", words("从收件箱加入 {0} 条相似问")),
    (r"a variant moved here from (\S+)", words("从 {0} 移来一条相似问")),
    (r"a variant moved to (\S+)", words("把一条相似问移到 {0}")),
    (r"a redundant variant removed", words("删掉一条多余的相似问")),
)
# What is wrong with a field, by pydantic's name for it; `{size}` is how much was given, any other name a limit of it.
WHOLE, NUMBER = "请填整数", "请填数字"
DAY, MOMENT = "请填日期，例如 2026-11-22", "请填日期和时间，例如 2026-11-22T09:00:00+08:00"
FAULTS = {
    "missing": "必填",
    **dict.fromkeys(("model_type", "model_attributes_type", "dict_type"), "不是 JSON 对象：请发送 JSON 对象"),
    "extra_forbidden": "没有这一项：请去掉",
    "json_invalid": "不是 JSON：请发送 JSON 对象",
    "string_type": "请填文字",
    "string_unicode": "含有无法识别的字符：请去掉",
    "string_too_short": "现有 {size} 个字，至少要 {min_length} 个",
    "string_too_long": "现有 {size} 个字，最多 {max_length} 个",
    "string_pattern_mismatch": "格式不对，应符合 {pattern}",
    "list_type": "请给出列表",
    "too_short": "现有 {size} 项，至少要 {min_length} 项",
    "too_long": "现有 {size} 项，最多 {max_length} 项",
    "literal_error": "只能是 {expected}",
    "enum": "只能是 {expected}",
    "bool_type": "请填 true 或 false",
    "bool_parsing": "请填 true 或 false",
    "int_type": WHOLE,
    "int_parsing": WHOLE,
    "int_from_float": WHOLE,
    "float_type": NUMBER,
    "float_parsing": NUMBER,
    "finite_number": NUMBER,
    "greater_than": "要大于 {gt}",
    "greater_than_equal": "不能小于 {ge}",
    "less_than": "要小于 {lt}",
    "less_than_equal": "不能大于 {le}",
    "date_type": DAY,
    "date_parsing": DAY,
    "date_from_datetime_parsing": DAY,
    "datetime_type": MOMENT,
    "datetime_parsing": MOMENT,
    "datetime_from_date_parsing": MOMENT,
    "timezone_aware": MOMENT,
}
SENTENCES = Sentences((*PEOPLE, *DATES, *VERSIONS, *PUBLISHING, *FILES, *SERVICE, *NOTES))


def told(reason: object, language: Language) -> str:
    """An error, or what the service noted, in that language."""
    text = str(reason)
    return text if language == "en" else SENTENCES.chinese(text) or text


def teller(language: Language) -> Callable[[object], str]:
    """`told` in one language, as a template uses it."""
    return lambda reason: told(reason, language)


def fault(kind: str, limits: Mapping[str, Any], size: int | None) -> str | None:
    """What is wrong with a field, in Chinese: pydantic's `type`, its `ctx`, and the length of what was given.

    None where there is no counterpart.
    """
    template = FAULTS.get(kind)
    if template is None:
        return None
    expected = str(limits.get("expected", "")).replace("'", "").replace(" or ", " 或 ").replace(", ", "、")
    return template.format_map({**limits, "expected": expected, "size": size})
