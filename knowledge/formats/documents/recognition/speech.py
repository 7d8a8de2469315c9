"""Whether a text is said to a customer: wording, as against rules for staff; and what is quoted in a line."""

from __future__ import annotations

import re
from collections.abc import Iterator

COURTESY = re.compile(r"您|请|谢|歉|对不起|不好意思|欢迎|再见|再会|祝|稍等|久等|好的|没关系|不客气|麻烦")
OPENING = re.compile(
    r"[“「‘]?(?:尊敬的|亲爱的|亲[，,~～!！]|您|请(?!客服|勿|务必|注意|先问对方|员工)|对不起|抱歉|很抱歉|非常|十分|不好意思|谢谢|感谢|多谢|你好|好的(?=[，。！,!])|没关系|不客气|没事|祝|欢迎|再见|再会|早上好|上午好|下午好|"
    r"晚上好|节日|这里是|我(?!们?公司[一-龥]{0,6}(?:应|规定|特制))|如果您|如果.{0,12}(?:欢迎|请您|可以)|先?让我们|让您|给您|为了您|很高兴|稍等|麻烦|先生|女士|由于|目前|暂时|这个问题)"
)
# Whom rules speak of, and wording to a customer's face never does.
STAFF = re.compile(
    r"客服(?:人员|代表)?(?:应|要|需|必须|不得|在)|(?:服务|工作)人员(?:应|要|需|必须|不得|在)|员工|应(?:当|该)?(?:向|给|对|与|主动|及时)|不得|必须|严禁|顾客|(?<!尊敬的)客户(?!服务|经理|端|身份|您)"
)
QUOTE = re.compile(r"[“「『]([^“”「」『』\n]{2,400})[”」』]")
ENUMERATION = re.compile(r"(?:[^、。！？]{1,8}、){3,}.*")  # words to choose from
LEAST, MOST = 4, 600


def is_spoken(text: str) -> bool:
    """Whether it is wording: courteous, and not about customers or staff."""
    bare = text.strip("“”「」 ")
    if not LEAST <= len(bare) <= MOST or not COURTESY.search(bare) or ENUMERATION.fullmatch(bare):
        return False
    return OPENING.match(bare) is not None and not STAFF.search(bare)


def is_said(text: str) -> bool:
    """Whether what stands after “answer:” or in quotation marks may be wording, for which courtesy is enough."""
    bare = text.strip("“”「」 ")
    return LEAST <= len(bare) <= MOST and (COURTESY.search(bare) is not None or OPENING.match(bare) is not None)


def quotes(text: str) -> Iterator[re.Match[str]]:
    """What is quoted, with the place of each."""
    return QUOTE.finditer(text)


def unquoted(text: str) -> str:
    """The text without quotation marks around all of it, and without what leads up to it."""
    bare = text.strip(" ：:")
    whole = QUOTE.fullmatch(bare)
    return whole[1].strip() if whole else bare
