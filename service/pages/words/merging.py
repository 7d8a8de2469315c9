"""Several at one entry: who else is at it, what is newer, and bringing two texts together."""

from __future__ import annotations

from typing import Final

from service.pages.words.frame import UiLanguage

ZH: Final[dict[str, str]] = {
    "present": "{names} 正在编辑这条话术",
    "present_unsaved": "{names} 有这条话术的未保存修改（{time}）",
    "newer": "{name} 保存了新版本 v{n}，您的修改基于 v{base}",
    "newer_fresh": "{name} 保存了新版本 v{n}",
    "other_tab": "您在另一个窗口里也改了这条话术",
    "merge": "合并",
    "load_newer": "载入新版本",
    "merge_title": "合并两边的修改",
    "merge_text": "下面是两边都改过、需要您决定的地方。其余修改已经自动合并。",
    "merge_clean": "两边改的地方不同，已经自动合并。看过没问题，就继续编辑。",
    "merge_taken": "从对方带过来的：{fields}",
    "merge_base": "原来",
    "merge_theirs": "对方（{name}）",
    "merge_theirs_tab": "另一个窗口",
    "merge_mine": "我的",
    "merge_both": "两边都要",
    "merge_result": "合并结果（可以直接改）",
    "merge_absent": "（没有）",
    "merge_use": "用这个结果继续编辑",
    "merge_cancel": "先不合并",
    "merge_done": "已合并，基于 v{n}；确认后请保存草稿",
    "rebase": "我看过新版本，以我的为准",
    "rebase_hint": "先打开新版本对照，再决定。",
    "read_newer": "查看 v{n}",
}

EN: Final[dict[str, str]] = {
    "present": "{names} are editing this entry",
    "present_unsaved": "{names} have unsaved changes to this entry ({time})",
    "newer": "{name} saved version v{n}; yours began from v{base}",
    "newer_fresh": "{name} saved version v{n}",
    "other_tab": "You have changed this entry in another window too",
    "merge": "Merge",
    "load_newer": "Load it",
    "merge_title": "Bring both changes together",
    "merge_text": "Both sides changed what stands below: decide. Everything else is merged already.",
    "merge_clean": "The two sides changed different places, and are merged. Have a look, then go on.",
    "merge_taken": "Taken from them: {fields}",
    "merge_base": "Before",
    "merge_theirs": "Theirs ({name})",
    "merge_theirs_tab": "The other window",
    "merge_mine": "Mine",
    "merge_both": "Both",
    "merge_result": "Result (edit it here)",
    "merge_absent": "(none)",
    "merge_use": "Go on with this",
    "merge_cancel": "Not now",
    "merge_done": "Merged, from v{n} on; save the draft when you are content",
    "rebase": "I have read the newer version; keep mine",
    "rebase_hint": "Open the newer version and compare first.",
    "read_newer": "Read v{n}",
}

WORDS: Final[dict[UiLanguage, dict[str, str]]] = {"zh": ZH, "en": EN}
