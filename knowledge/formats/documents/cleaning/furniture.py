"""What the page was built of and no part of the document: page numbers, running headers, a library's notices.

A line goes where it is page furniture by its form, repeats at the edge of page after page, or is a notice: no wording,
with several words of a library of documents, or with one beside such a line. What agents say about downloads, members
and attachments stays.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from knowledge.formats.documents.blocks import Block, Cleaned, change
from knowledge.formats.documents.recognition.speech import is_spoken

PAGES = 3  # on so many pages a line at the edge is a running header or footer
EDGE = 2  # lines at the top and at the bottom that may be one
DIGITS = re.compile(r"\d+")
CONTENTS = re.compile(r"[^。！？\n.…]{0,30}(?:\.{6,}|…{3,}|·{6,}|-{6,})\s*\d{1,4}")
FORMS = re.compile(
    r"""^\s*(?:
      第?\s*\d{1,4}\s*页\s*(?:[,，/、共]*\s*\d{1,4}\s*页?)? | 共\s*\d+\s*页 | \d{1,4}\s*/\s*\d{1,4} | [-–—]\s*\d{1,4}\s*[-–—]
      | [Pp]age\s*\d+(?:\s*(?:of|/)\s*\d+)? | .{2,30}_第\s*\d+\s*[页頁]
      | ID\s*[:：]\s*\d{4,} | 大小\s*[:：]\s*[\d.]+\s*[KMG]?B | 页数\s*[:：].{1,8} | (?:时间|上传时间|发布时间|日期)\s*[:：]\s*\d{4}[-/年.]\d{1,2}.{0,12}
      | (?:资源|文档|内容)(?:描述|简介|介绍|评价|信息)\s*[:：]? | (?:合集|立即|免费|点击|本地|高速|普通|会员)?下载(?:此|本|该)?(?:文档|全文|原文|资料|地址)?
      | (?:相关|最新|推荐|热门|类似)(?:文档|文章|推荐|资料|主题|下载|阅读) | 猜你喜欢 | (?:上|下)一(?:篇|页)\s*[:：]?.{0,40} | (?:首|末|尾)页
      | (?:评论|收藏|分享|举报|打印|点赞|登录|注册|提交评论|发表评论|返回顶部|展开全文|阅读全文|加入收藏|查看更多|关注|VIP.{0,6}|目\s*录)
      | \d{1,3}/\d{2,4} | (?:当前位置|您的位置|首页)\s*(?:[:：>»].{0,80}) | 温馨提示\s*[:：]? | (?:网站地图|关于我们|联系我们|免责声明|隐私政策|帮助中心)(?:[\s|]+\S{2,8})*
      | .{0,40}(?:ICP备|ICP证|公网安备|版权所有|Copyright|©|\(c\)\s*\d{4}).{0,60} | .{0,10}已(?:阅|读|看).{0,3}\d+.?页.{0,20}
      | (?:机密|内部资料|绝密|内部使用|样本|草稿|CONFIDENTIAL|DRAFT).{0,12} | https?://\S+ | www\.\S+ | \*{3,} | [-=_]{4,}
      | 文档最多.{0,20} | .{0,6}(?:序号|编号)?\s*版权(?:说明|声明).{0,4}
    )\s*$""",
    re.VERBOSE | re.IGNORECASE,
)
# Words of a library of documents, and words that its notices share with a shop's replies.
LIBRARY = re.compile(
    "文库|文档|本站|本平台|小编|范文|在线阅读|上传分享|上传者|版权|侵权|盈利用途|权益所有人|收益|预览|全文|完整性|整理了|多篇|"
    "找到更多|仅供参考|以上介绍|谢谢阅读|欢迎继续向我提问"
)
SHARED = re.compile("下载|上传|附件|压缩|解压|付费|图纸|资源|会员|免费|未经|有所帮助|举报|软件|打不开|课件")
SPEAKING = re.compile(r"[“”「」]|(?:客服|客户|顾客|答|问|回答)[:：]|(?:客户|顾客|买家|来电|来访)")
LEAST_WORDS = 2


def clean(blocks: Sequence[Block]) -> Cleaned:
    """Without it, each line of it listed."""
    gone = _running(blocks) | _notices(blocks)
    kept: list[Block] = []
    changes = []
    for number, block in enumerate(blocks):
        if number in gone or (block.kind != "row" and FORMS.match(block.text.strip())):
            changes.append(change("furniture", block.place, block.text, ""))
            continue
        text, count = CONTENTS.subn("", block.text)
        if count:
            changes.append(change("furniture", block.place, block.text, text, count))
            if not text.strip():
                continue
        kept.append(Block(text, block.place, block.kind) if count else block)
    return Cleaned(kept, changes)


def _notices(blocks: Sequence[Block]) -> set[int]:
    """The lines that are a library's notices; beside one that surely is, less shows another."""
    texts = ["" if block.kind == "row" else block.text.strip() for block in blocks]
    sure = {number for number, text in enumerate(texts) if _is_notice(text, LEAST_WORDS)}
    beside = {near for number in sure for near in (number - 1, number + 1) if 0 <= near < len(texts)}
    return sure | {number for number in beside if _is_notice(texts[number], 1)}


def _is_notice(text: str, least: int) -> bool:
    """Whether it has so many words of a library, several words altogether, and is said to nobody."""
    library, shared = (len(set(words.findall(text))) for words in (LIBRARY, SHARED))
    several = LEAST_WORDS + ("您" in text)  # notices seldom say 您, replies always do
    if library < least or library + shared < several:
        return False
    return len(text) <= 60 * (library + shared) and not SPEAKING.search(text) and not is_spoken(text)


def _running(blocks: Sequence[Block]) -> set[int]:
    """The lines at the edges of pages that, but for their digits, stand there on page after page."""
    pages: dict[int, list[int]] = defaultdict(list)
    for number, block in enumerate(blocks):
        if block.place.page is not None:
            pages[block.place.page].append(number)
    edges = {number for lines in pages.values() for number in (*lines[:EDGE], *lines[-EDGE:])}
    forms = {number: DIGITS.sub("#", blocks[number].text.strip()) for number in edges}
    seen = Counter(form for form, _ in {(forms[number], blocks[number].place.page) for number in edges})
    least = max(PAGES, len(pages) / 3)
    return {number for number, form in forms.items() if seen[form] >= least}
