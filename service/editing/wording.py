"""What lint found, said in Chinese.

Rules speak English, as terminals and continuous integration do. Each of their sentences has its Chinese counterpart
here; one that has none is shown as it is, which a test keeps from happening to the rules there are.
"""

from __future__ import annotations

import re

from knowledge.lint.finding import Finding
from knowledge.model import Language
from service.sentences import AS_IT_IS, Sentences, words

KINDS = {"faq": "问答", "script": "场景话术", "Chinese": "中文", "English": "英文"}
REASONS = {
    "curt": "生硬",
    "blaming": "指责客户",
    "evasive": "推脱",
    "rude": "无礼",
    "absolute": "说得太满",
    "unprofessional": "不专业",
}
THINGS = {"entry": "话术", "product": "产品", "target": "升级对象", "field": "需收集的信息"}
CHANNELS = {"chat": "在线", "phone": "电话", "email": "邮件", "any": "通用"}
PERSONAL = {
    "a mobile number": "手机号",
    "a telephone number": "电话号码",
    "an identity number": "身份证号",
    "a bank card number": "银行卡号",
    "an e-mail address": "邮箱",
}
PLACES = {"title": "标题", "variant": "相似问", "reply": "回复", "holding_reply": "安抚语"}
WANTED = {
    "text": "文字",
    "a list": "列表",
    "a mapping": "一组字段",
    "a mapping of fields": "一组字段",
    "a date such as 2026-11-22": "日期，例如 2026-11-22",
}


def said(finding: Finding, language: Language) -> str:
    """The finding's sentence in that language, places told as people count them."""
    if language == "en":
        return _places(finding.message, "line {}", "reply {}", "the title")
    chinese = SENTENCES.chinese(finding.message)
    return finding.message if chinese is None else _places(chinese, "第 {} 行", "第 {} 条回复", "标题")


def _facts(hint: str) -> str:
    """` (ship.days is 2 days; …)` → `（ship.days 是 2 days；…）`."""
    return re.sub(r" \((.*)\)", r"（\1）", hint, flags=re.DOTALL).replace(" is ", " 是 ").replace("; ", "；")


def _places(text: str, line: str, reply: str, title: str) -> str:
    text = re.sub(r"\bvariants\[(\d+)\]", lambda found: line.format(int(found[1]) + 1), text)
    text = re.sub(r"\breplies\[(\d+)\](\.text)?", lambda found: reply.format(int(found[1]) + 1), text)
    return re.sub(r"([(（])title([)）])", rf"\1{title}\2", text)


SENTENCES = Sentences(
    (
        (r"no source: say what the reply is based on", words("没有写来源：请写明回复的依据")),
        (
            r"a (\w+) needs a (\w+) chat reply: add one.*",
            words("{0}需要一条{1}的在线回复：请补上在线或通用的", KINDS, KINDS),
        ),
        (r"no variants: add what customers type", words("还没有相似问：请写上客户会怎么问")),
        (r'"(.*)" has no word in it and can never be found: delete it', words("「{0}」没有文字，永远搜不到：请删掉")),
        (
            r"level (\w+): neither the entry nor target (\S+) says what to collect",
            words("要升级，却没说要收集什么信息"),
        ),
        (
            r"(\d+) different variants, a (\w+) needs (\d+): add (\d+)",
            words("只有 {0} 条相似问，至少要 {2} 条：再补 {3} 条"),
        ),
        (
            r"(\d+) of (\d+) Chinese variants (.*?) \"(.*)\": vary.*",
            words("{1} 条相似问里有 {0} 条都带「{3}」：换些词和开头"),
        ),
        (r'"(.*)" stands here twice \((.*)\): delete one', words("「{0}」重复了（{1}）：留一个就好")),
        (
            r'"(.*)" also belongs to (\S+) \((.*)\): delete one',
            words("「{0}」已经是 {1} 的相似问（{2}）：只能留在一处"),
        ),
        (
            r'"(.*)" is nearly "(.*)" of (\S+) \(score ([\d.]+)\): .*',
            words("和 {2} 的「{1}」几乎一样：写出区别，或删掉一个"),
        ),
        (r'says "(.*)" \((\w+)\): say "(.*)"', words("用了「{0}」（{1}）：请改说「{2}」", AS_IT_IS, REASONS)),
        (r'says (.*?) in "…(.*)…": say (.*)', words("「…{1}…」里用了「{0}」：请用「{2}」")),
        (r"half-width (.*) in a Chinese text: write (.*)", words("中文里用了半角「{0}」：请写成「{1}」")),
        (r'"(.*)" is damaged: type it again', words("「{0}」是乱码：请重新输入")),
        (r'promises "(.*)" without a time: say by when', words("「{0}」没说时间：请写明什么时候之前")),
        (
            r"(\d+) characters, (\w+) takes (\d+): shorten it by (\d+)",
            words("{0} 个字，{1}最多 {2} 个：请删掉 {3} 个字", AS_IT_IS, CHANNELS),
        ),
        (r"holds (.*) (\S+): write it without.*", words("含有{0} {1}：请删掉，或换成槽位", PERSONAL)),
        (
            r'"(.*?)" is no fact and no service level: write it as a reference(.*)',
            lambda found: f"「{found[1]}」和店铺资料、服务时限都对不上：请用 {{资料名}} 引用{_facts(found[2])}",
        ),
        (r"a brace that belongs to no \{slot\} or.*", words("有个大括号不成对，或里面不是名字：请改正或删掉")),
        (
            r"\{(.*)\} is not filled here: a (\w+) holds.*",
            words("这里不会填入 {{{0}}}：{1}只写客户会说的话", AS_IT_IS, PLACES),
        ),
        (r"fact (\S+) does not exist: .*", words("没有叫 {0} 的资料：请改名字，或请管理员补上")),
        (
            r'fact (\S+) has no English words and would show "(.*)": add its en',
            words("资料 {0} 没有英文，会显示「{1}」：请管理员补上"),
        ),
        (r"slot (\S+) is not in the policy: .*", words("没有叫 {0} 的槽位：请换一个，或请管理员补上")),
        (r"related entry (\S+) is this entry itself: remove it", words("相关话术里有它自己：请删掉")),
        (r"related entry (\S+) is named twice: remove it", words("相关话术里 {0} 写了两次：留一个就好")),
        (r"(\w+) (\S+) does not exist: correct the name or remove it", words("{0} {1} 不存在：请改正或删掉", THINGS)),
        (r"expired on (\S+): .*", words("已在 {0} 过期，不再显示：请延长或停用")),
        (r"expires on (\S+), in 0 days: .*", words("今天（{0}）是最后一天：请延长，或让它到期")),
        (r"expires on (\S+), in (\d+) days: .*", words("{0} 到期，还有 {1} 天：请延长，或让它到期")),
        (r"is empty: .*", words("还是空的：请填上")),
        (r"is too short: .*", words("太少：请再补一些")),
        (r"is (\d+) characters long, at most (\d+) fit: shorten it", words("有 {0} 个字，最多 {1} 个：请缩短")),
        (r'(".*"|nothing) is not one of (.*): choose one', words("{0} 不在可选范围内：请从 {1} 里选")),
        (r'(".*"|nothing) has characters that do not belong \(.*\): rename it', words("{0} 里有不能用的字符：请改名")),
        (r"expects (.*), found (.*?)(?: \(.*\))?: correct it", words("这里要填{0}，现在是 {1}", WANTED)),
        (r"level (\w+) needs a target: .*", words("要升级就要选升级对象")),
        (r"valid_from (\S+) is after valid_until (\S+): swap them", words("开始日期 {0} 在结束日期 {1} 之后：请对调")),
        (r"two replies for channel (\w+) in (\w+): keep one", words("{0}渠道有两条同语言的回复：留一条就好", CHANNELS)),
        (
            r"character U\+(\w+) at position (\d+) cannot be shown: remove it",
            words("第 {1} 个字符显示不了（U+{0}）：请删掉"),
        ),
        (r"(.+?): write (.+)", words("{0}：请写成 {1}")),
    )
)
